import sys, json, random

from geographiclib.geodesic import Geodesic
from mpmath import mp, mpf, sin, cos, sqrt, pi, nint
mp.dps = 40
G = Geodesic.WGS84
rnd = random.Random(20261124)

def deg(value):
    """The shortest decimal with at most nine digits behind the point."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text

def point():
    kind = rnd.randrange(8)
    if kind == 0: return rnd.choice([90, -90]), rnd.uniform(-180, 180)
    if kind == 1: return rnd.uniform(-90, 90), rnd.choice([-180, 179.999999999, -179.99])
    if kind == 2: return rnd.choice([0, 1e-9, -1e-6]), rnd.uniform(-180, 180)
    if kind == 3: return rnd.choice([89.9999, -89.99, 89.9]), rnd.uniform(-180, 180)
    return rnd.uniform(-90, 90), rnd.uniform(-180, 180)

def wrap(lon):
    lon = (lon + 180) % 360 - 180
    return lon

pairs = []
for size in [1, 10, 1000, 16093.44, 32186.88, 100e3, 1e6, 3e6, 7e6, 1e7] * 24:
    lat, lon = point()
    lat, lon = float(deg(lat)), float(deg(lon))
    azimuth = rnd.choice([0, 90, 180, 45, rnd.uniform(0, 360), rnd.uniform(0, 360)])
    d = G.Direct(lat, lon, azimuth, size * rnd.uniform(0.2, 1))
    lat2, lon2 = float(deg(d['lat2'])), float(deg(wrap(d['lon2'])))
    if lon2 == 180: lon2 = -180.0
    s = G.Inverse(lat, lon, lat2, lon2)['s12']
    pairs.append([deg(lat), deg(lon), deg(lat2), deg(lon2), f"{s:.7f}"])

borders = []
for radius in ["10 mi", "20 mi", "1 m", "2.5 km", "100 km", "250 mi", "1000 km", "3000 mi", "10000 km"]:
    number, unit = radius.split()
    r = float(number) * {"mi": 1609.344, "km": 1000, "m": 1}[unit]
    for _ in range(28):
        lat, lon = point()
        lat, lon = float(deg(lat)), float(deg(lon))
        azimuth = rnd.uniform(0, 360)
        for side in (-1, 1):
            d = G.Direct(lat, lon, azimuth, r + side * rnd.choice([0.0011, 0.0015, 0.005, 0.05, 1]) * min(1, r / 2))
            lat2, lon2 = float(deg(d['lat2'])), float(deg(wrap(d['lon2'])))
            if lon2 == 180: lon2 = -180.0
            s = G.Inverse(lat, lon, lat2, lon2)['s12']
            if abs(s - r) < 0.001: continue
            borders.append([radius, deg(lat), deg(lon), deg(lat2), deg(lon2), s <= r])

a, f = mpf(6378137), 1 / mpf("298.257223563")
e2 = f * (2 - f)
points = []
for _ in range(300):
    lat, lon = (deg(v) for v in point())
    p, l = mpf(lat) * pi / 180, mpf(lon) * pi / 180
    n = a / sqrt(1 - e2 * sin(p) ** 2)
    xyz = [n * cos(p) * cos(l), n * cos(p) * sin(l), n * (1 - e2) * sin(p)]
    points.append([lat, lon] + [str(int(nint(v * 128 * 1000))) for v in xyz])
angles = []
for _ in range(200):
    t = rnd.choice([0, 1, -1, 10**9, 90*10**9, -90*10**9, 180*10**9, 45*10**9, rnd.randrange(-180*10**9, 180*10**9), rnd.randrange(-180*10**9, 180*10**9), rnd.randrange(-10**6, 10**6)])
    x = mpf(t) / 10**9 * pi / 180
    angles.append([str(t), str(int(nint(sin(x) * mpf(2)**60))), str(int(nint(cos(x) * mpf(2)**60)))])

def shown(name, rows):
    return f' "{name}": [\n  ' + ",\n  ".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n ]"
print("{\n" + ",\n".join([shown("angles", angles), shown("borders", borders), shown("pairs", pairs), shown("points", points)]) + "\n}")
