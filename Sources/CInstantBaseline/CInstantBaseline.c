/* Compiled with the package's own flags (-O2 in release); the pragmas give these loops what -O3 -ffast-math would:
 * reassociated sums, contracted products, vector code. */
#include "CInstantBaseline.h"
#include <math.h>

#if defined(__clang__)
#define FAST _Pragma("clang fp reassociate(on) contract(fast)")
#define VECTOR _Pragma("clang loop vectorize(enable) interleave(enable)")
#else
#pragma GCC optimize("O3", "fast-math")
#define FAST
#define VECTOR
#endif

float cinstant_record(const float *const *steps, const float *advantages, int count, const float *x, float quality,
                      const float *restrict down, const float *restrict up, float *restrict grad_down,
                      float *restrict grad_up, float *restrict g, int rank, int n) {
    FAST
    for (int i = 0; i < n; i++) g[i] = 0;
    for (int s = 0; s < count; s++) {
        const float *restrict a = steps[s];
        float w = advantages[s];
        VECTOR
        for (int i = 0; i < n; i++) g[i] += w * a[i];
    }
    float squares = 0;
    VECTOR
    for (int i = 0; i < n; i++) squares += g[i] * g[i];
    float norm = sqrtf(squares);
    if (norm > 1e-8f) {
        float inverse = 1 / norm;
        VECTOR
        for (int i = 0; i < n; i++) g[i] *= inverse;
    }
    for (int r = 0; r < rank; r++) {
        const float *restrict d = down + (long)r * n;
        const float *restrict u = up + (long)r * n;
        float t = 0, v = 0;
        VECTOR
        for (int i = 0; i < n; i++) t += x[i] * d[i];
        VECTOR
        for (int i = 0; i < n; i++) v += g[i] * u[i];
        t *= quality;
        v *= quality;
        float *restrict gu = grad_up + (long)r * n;
        float *restrict gd = grad_down + (long)r * n;
        VECTOR
        for (int i = 0; i < n; i++) gu[i] += t * g[i];
        VECTOR
        for (int i = 0; i < n; i++) gd[i] += v * x[i];
    }
    return squares;
}

void cinstant_apply(float *restrict weights, float *restrict gradients, float rate, int n) {
    FAST
    VECTOR
    for (int i = 0; i < n; i++) {
        weights[i] += rate * gradients[i];
        gradients[i] = 0;
    }
}
