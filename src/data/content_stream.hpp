// The decompressed bytes of a file, whether it is plain or gzip. Strict where zlib's gzread is lenient: a
// stream that ends early, a wrong archive checksum, and anything behind the last gzip member are errors.
// Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace mnist {

class ContentStream {
  public:
    /// Opens a regular file. Throws InputError when there is none or it cannot be read.
    explicit ContentStream(const std::filesystem::path& path);
    /// Reads from memory, which must outlive the stream; `where` stands for the path in errors.
    ContentStream(std::span<const std::byte> file, std::string where);
    ~ContentStream();
    ContentStream(const ContentStream&) = delete;
    ContentStream& operator=(const ContentStream&) = delete;

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] bool gzip() const { return inflater_ != nullptr; }
    /// No content of this file can be longer: the size of a plain file, 1032 times that of an archive.
    [[nodiscard]] std::uint64_t most_content() const;
    /// Content bytes handed out so far.
    [[nodiscard]] std::uint64_t position() const { return position_; }

    /// Fills `out` and returns how much was filled: less than all only at the end of the content, which for
    /// an archive is its verified end. Throws InputError for a damaged archive.
    std::size_t read(std::span<std::byte> out);

  private:
    class Input;
    class Inflater;

    void detect_gzip();

    std::string where_;
    std::unique_ptr<Input> input_;
    std::unique_ptr<Inflater> inflater_;  // null for a plain file
    std::uint64_t position_ = 0;
};

}  // namespace mnist
