// flock() rather than a file with a process id in it: no id that another process has meanwhile, and nothing
// to clear away after SIGKILL.
#include "mnist/core/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "mnist/core/error.hpp"

namespace mnist {

FolderLock::FolderLock(const std::filesystem::path& folder) {
    const auto refuse = [&](const std::string& found) {
        throw InputError({.where = folder.string(),
                          .expected = "a folder to write into",
                          .found = found,
                          .remedy = "Choose another one or check its permissions"});
    };
    std::error_code created;
    std::filesystem::create_directories(folder, created);
    if (created) refuse(created.message());
    const std::string name = (folder / ".lock").string();
    descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) refuse(std::generic_category().message(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    ::close(descriptor_);
    if (error != EWOULDBLOCK) refuse(std::generic_category().message(error));
    throw InputError({.where = folder.string(),
                      .expected = "a folder that no other training uses",
                      .found = "one that uses it now",
                      .remedy = "Wait for its end or choose another folder"});
}

FolderLock::~FolderLock() {
    ::close(descriptor_);
}

}  // namespace mnist
