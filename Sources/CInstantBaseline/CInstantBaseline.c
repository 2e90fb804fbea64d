/* Compiled with the package's own flags (-O2 in release); the pragmas give these loops what -O3 -ffast-math would:
 * reassociated sums, contracted products, vector code. */
#include "CInstantBaseline.h"

#define RECORD cinstant_record
#define APPLY cinstant_apply
#define FAST _Pragma("clang fp reassociate(on) contract(fast)")
#define LOOP _Pragma("clang loop vectorize(enable) interleave(enable)")
#include "CInstantBaseline.inc"
