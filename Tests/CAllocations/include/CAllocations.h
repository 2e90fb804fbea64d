#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H
/* Allocations that this thread has made so far; -1 where they cannot be counted (a sanitizer, another C library). */
long callocations_of_this_thread(void);
#endif
