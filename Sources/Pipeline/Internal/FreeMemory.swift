internal import CMalloc

/// Gives memory that was freed back to the system, where the allocator can.
func releaseFreeMemory() { cmalloc_release() }
