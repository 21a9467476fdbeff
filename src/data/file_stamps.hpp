// Whether files stayed as they were while they were read. A set is four files that belong together; somebody
// who replaces them meanwhile would leave images with the labels of others, which no count betrays. Internal
// to this room.
#pragma once

#include <sys/stat.h>

#include <array>
#include <optional>

#include "mnist/data/folder.hpp"

namespace mnist {

class FileStamps {
  public:
    /// Takes the files' identity, size and times. What cannot be looked up is for the reader to complain of.
    explicit FileStamps(const DatasetFiles& files);

    /// Throws InputError that names the first file that is another or has been written to since.
    void require_unchanged() const;

  private:
    DatasetFiles files_;
    std::array<std::optional<struct stat>, 4> stamps_;
};

}  // namespace mnist
