// shim.h: what the processor can do and Swift has no words for; decides nothing but how fast.
// SPDX-License-Identifier: Apache-2.0
#include <stdint.h>

/// Begins to bring memory near that will be written soon.
static inline void hubbub_expect_write(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

#if defined(__x86_64__)
#include <immintrin.h>

/// Whether the processor has what `hubbub_find_delimiters` uses.
static inline int hubbub_has_wide_words(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
    && __builtin_cpu_supports("popcnt");
}

/// Writes the places of all commas and line feeds, in order: `DelimiterIndex.find` with 32 bytes at a
/// time, and under the same conditions.
__attribute__((target("avx2,bmi,popcnt"), noinline)) static int64_t
hubbub_find_delimiters(const uint8_t *bytes, int64_t count, uint32_t *places) {
  const __m256i comma = _mm256_set1_epi8(','), feed = _mm256_set1_epi8('\n');
  uint32_t *target = places;
  for (int64_t base = 0; base < count; base += 64) {
    uint64_t mask = 0;
    for (int half = 0; half < 2; half++) {
      __m256i word = _mm256_loadu_si256((const __m256i *)(bytes + base + 32 * half));
      __m256i found =
        _mm256_or_si256(_mm256_cmpeq_epi8(word, comma), _mm256_cmpeq_epi8(word, feed));
      mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << (32 * half);
    }
    if (count - base < 64) mask &= (UINT64_C(1) << (count - base)) - 1;
    uint32_t *next = target + __builtin_popcountll(mask);
    // Eight are written whether or not there are as many; those beyond are overwritten.
    do {
      for (int i = 0; i < 8; i++) {
        target[i] = (uint32_t)base + (uint32_t)_tzcnt_u64(mask);
        mask = _blsr_u64(mask);
      }
      target += 8;
    } while (target < next);
    target = next;
  }
  return target - places;
}
#else
static inline int hubbub_has_wide_words(void) { return 0; }

static inline int64_t hubbub_find_delimiters(
  const uint8_t *bytes, int64_t count, uint32_t *places) {
  return 0;
}
#endif
