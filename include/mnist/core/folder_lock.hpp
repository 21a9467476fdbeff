// One process at a time in a folder. The kernel gives the lock back when the process ends, however it ends,
// so that nothing stale is ever left behind; the empty file that it hangs on stays.
#pragma once

#include <filesystem>

namespace mnist {

/// Holds the lock of a folder as long as it lives.
class FolderLock {
  public:
    /// Creates missing folders. Throws InputError at once where another process (or another object) holds
    /// the lock, or where the folder cannot be written to.
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

  private:
    int descriptor_;
};

}  // namespace mnist
