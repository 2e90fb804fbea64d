internal import CMalloc

/// Gives memory that was freed back to the system, where the allocator can.
package func releaseFreeMemory() { cmalloc_release() }
