/* The same source without vectors: a plain scalar loop. */
#include "CInstantBaseline.h"

#define RECORD cinstant_record_scalar
#define APPLY cinstant_apply_scalar
#define FAST
#define LOOP _Pragma("clang loop vectorize(disable) interleave(disable)")
#include "CInstantBaseline.inc"
