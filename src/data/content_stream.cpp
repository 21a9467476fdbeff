// Input hands out pieces of the file, Inflater turns them into content. The bound of 1032 is deflate's own:
// its densest code spends two bits on 258 bytes.
#include "content_stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "deflate.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18U;
constexpr std::byte kGzip0{0x1f};
constexpr std::byte kGzip1{0x8b};
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to say: a gzip header, nothing else

[[noreturn]] void fail_to_read(const std::string& where, const std::string& found) {
    throw InputError({.where = where,
                      .expected = "a readable file",
                      .found = found,
                      .remedy = "Check the path and its permissions"});
}

}  // namespace

// The file's own bytes, in pieces; a file on disk is read through one buffer.
class ContentStream::Input {
  public:
    explicit Input(const std::string& path) : path_(path), buffer_(kChunkBytes) {
        // Non-blocking, so that a named pipe is refused below instead of waiting for a writer.
        fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd_ < 0) fail_to_read(path, std::generic_category().message(errno));
        struct stat status {};
        const bool regular = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
        if (!regular) {
            ::close(fd_);
            fail_to_read(path, "something that is not a regular file");
        }
        size_ = static_cast<std::uint64_t>(status.st_size);
    }
    explicit Input(std::span<const std::byte> memory) : rest_(memory), size_(memory.size()) {}
    ~Input() {
        if (fd_ >= 0) ::close(fd_);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Bytes of the file that were used up.
    [[nodiscard]] std::uint64_t used() const { return used_; }
    /// What is at hand; empty only at the end of the file.
    [[nodiscard]] std::span<const std::byte> peek() {
        if (rest_.empty() && fd_ >= 0) refill();
        return rest_;
    }
    void use(std::size_t n) {
        rest_ = rest_.subspan(n);
        used_ += n;
    }

  private:
    void refill() {
        while (true) {
            const ssize_t n = ::read(fd_, buffer_.data(), buffer_.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail_to_read(path_, std::generic_category().message(errno));
            rest_ = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(n));
            return;
        }
    }

    std::string path_;
    int fd_ = -1;
    std::vector<std::byte> buffer_;
    std::span<const std::byte> rest_;
    std::uint64_t size_ = 0;
    std::uint64_t used_ = 0;
};

class ContentStream::Inflater {
  public:
    Inflater(const std::string& where, Input& input) : where_(where), input_(input) {
        if (::inflateInit2(&zlib_, kGzipOnly) != Z_OK) throw BackendError("zlib: inflateInit2 failed");
    }
    ~Inflater() { ::inflateEnd(&zlib_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Content bytes written to `out`; 0 only at the verified end of the archive.
    std::size_t read(std::span<std::byte> out) {
        out = out.first(std::min(out.size(), kChunkBytes));
        zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
        zlib_.avail_out = static_cast<uInt>(out.size());
        while (zlib_.avail_out == out.size()) {
            if (between_members_ && !next_member()) return 0;
            inflate_some();
        }
        return out.size() - zlib_.avail_out;
    }

  private:
    void inflate_some() {
        const std::span<const std::byte> piece = input_.peek();
        if (piece.empty())
            fail("the rest of the gzip archive", "its end after " + std::to_string(input_.used()) + " bytes");
        zlib_.next_in = reinterpret_cast<const Bytef*>(piece.data());
        zlib_.avail_in = static_cast<uInt>(std::min(piece.size(), kChunkBytes));
        const uInt offered = zlib_.avail_in;
        const int status = ::inflate(&zlib_, Z_NO_FLUSH);
        input_.use(offered - zlib_.avail_in);
        if (status == Z_STREAM_END)
            between_members_ = true;
        else if (status == Z_MEM_ERROR)
            throw BackendError("zlib: inflate has no memory");
        else if (status != Z_OK && status != Z_BUF_ERROR)
            fail("a sound gzip archive", zlib_.msg != nullptr ? zlib_.msg : "damaged data");
    }

    // An archive may consist of several members, one behind the other; anything else behind a member is an
    // error.
    bool next_member() {
        const std::span<const std::byte> piece = input_.peek();
        if (piece.empty()) return false;
        if (piece.front() != kGzip0)
            fail("the end of the gzip archive",
                 fmt::format("{} bytes behind it", input_.size() - std::min(input_.size(), input_.used())));
        if (::inflateReset(&zlib_) != Z_OK) throw BackendError("zlib: inflateReset failed");
        between_members_ = false;
        return true;
    }

    [[noreturn]] void fail(const std::string& expected, const std::string& found) const {
        throw InputError(
            {.where = where_,
             .offset = input_.used(),
             .expected = expected,
             .found = found,
             .remedy = "The archive is damaged (the offset counts its own bytes): fetch it again"});
    }

    const std::string& where_;
    Input& input_;
    z_stream zlib_{};
    bool between_members_ = false;
};

ContentStream::ContentStream(const std::filesystem::path& path)
    : where_(path.string()), input_(std::make_unique<Input>(where_)) {
    detect_gzip();
}

ContentStream::ContentStream(std::span<const std::byte> file, std::string where)
    : where_(std::move(where)), input_(std::make_unique<Input>(file)) {
    detect_gzip();
}

ContentStream::~ContentStream() = default;

void ContentStream::detect_gzip() {
    const std::span<const std::byte> start = input_->peek();
    if (start.size() >= 2 && start[0] == kGzip0 && start[1] == kGzip1)
        inflater_ = std::make_unique<Inflater>(where_, *input_);
}

std::uint64_t ContentStream::most_content() const {
    return gzip() ? input_->size() * kMostInflation : input_->size();
}

std::size_t ContentStream::read(std::span<std::byte> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
        const std::span<std::byte> open = out.subspan(filled);
        std::size_t n = 0;
        if (gzip()) {
            n = inflater_->read(open);
        } else {
            const std::span<const std::byte> piece = input_->peek();
            n = std::min(piece.size(), open.size());
            if (n > 0) std::memcpy(open.data(), piece.data(), n);
            input_->use(n);
        }
        if (n == 0) break;
        filled += n;
        position_ += n;
    }
    return filled;
}

}  // namespace mnist
