// By the status of the names, before and after: a file that was renamed over another has another number, one
// that was written to another time of change, which programs cannot set back.
#include "file_stamps.hpp"

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

std::optional<struct stat> stamp_of(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    return status;
}

bool same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool same(const std::optional<struct stat>& a, const std::optional<struct stat>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           same(a->st_mtim, b->st_mtim) && same(a->st_ctim, b->st_ctim);
}

}  // namespace

FileStamps::FileStamps(const DatasetFiles& files) : files_(files) {
    for (std::size_t i = 0; i < files.size(); ++i) stamps_[i] = stamp_of(files[i]);
}

void FileStamps::require_unchanged() const {
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (same(stamps_[i], stamp_of(files_[i]))) continue;
        throw InputError({.where = files_[i].string(),
                          .expected = "a file that stays as it is while it is read",
                          .found = "one that was changed or replaced meanwhile",
                          .remedy = "Wait until the files are complete and start again"});
    }
}

}  // namespace mnist
