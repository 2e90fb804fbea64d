#ifndef CSPAWN_SHIM_H
#define CSPAWN_SHIM_H
#include <spawn.h>
/* A child gets three descriptors and none of ours. glibc declares this for GNU sources only, so it is declared here. */
#ifdef __linux__
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int cspawn_close_others(posix_spawn_file_actions_t *actions) {
    return posix_spawn_file_actions_addclosefrom_np(actions, 3);
}
static inline short cspawn_flags(void) { return 0; }
#else
static inline int cspawn_close_others(posix_spawn_file_actions_t *actions) { (void)actions; return 0; }
static inline short cspawn_flags(void) { return POSIX_SPAWN_CLOEXEC_DEFAULT; }
#endif
#endif
