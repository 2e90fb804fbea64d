#ifndef CINSTANTBASELINE_H
#define CINSTANTBASELINE_H

/* The default mode's work for one trajectory, as a C programmer would write it: what dash-benchmarks compares with.
 *
 * steps: `count` activation vectors of n floats, one after the other; advantages: one each; x: the query; down, up,
 * grad_down, grad_up: [rank][n]; g: scratch of n floats. Returns g.g, so that nothing can be left out. */
float cinstant_record(const float *steps, const float *advantages, int count, const float *x, float quality,
                      const float *down, const float *up, float *grad_down, float *grad_up, float *g, int rank, int n);

/* An update: weights += rate * gradients, gradients = 0. */
void cinstant_apply(float *weights, float *gradients, float rate, int n);

/* The same, one number after the other, sums in order. */
float cinstant_record_scalar(const float *steps, const float *advantages, int count, const float *x, float quality,
                             const float *down, const float *up, float *grad_down, float *grad_up, float *g, int rank,
                             int n);
void cinstant_apply_scalar(float *weights, float *gradients, float rate, int n);

#endif
