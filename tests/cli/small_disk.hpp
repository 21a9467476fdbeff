// A file system of a few kilobytes for one test, in memory. Where mounting is not allowed, mounted() is false
// and the test says so instead of passing for something that it did not try.
#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <string>

#include "catch.hpp"

namespace mnist::testing {

class SmallDisk {
  public:
    SmallDisk(std::filesystem::path point, std::size_t bytes) : point_(std::move(point)) {
        std::filesystem::create_directories(point_);
        const std::string size = "size=" + std::to_string(bytes);
        mounted_ = ::mount("tmpfs", point_.c_str(), "tmpfs", 0, size.c_str()) == 0;
        if (!mounted_) WARN("mounting is not allowed here: what a full or read-only disk does is not tested");
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(point_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool mounted() const { return mounted_; }
    [[nodiscard]] bool make_read_only() const {
        return ::mount("tmpfs", point_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }
    /// Names of all that is there, hidden files included.
    [[nodiscard]] std::string names() const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator(point_))
            all += entry.path().filename().string() + " ";
        return all;
    }

  private:
    std::filesystem::path point_;
    bool mounted_ = false;
};

}  // namespace mnist::testing
