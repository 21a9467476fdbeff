// Gets the fuzzer into archives: a change to a compressed byte is nearly always caught by the archive's
// checksum and never reaches the reader behind it. Every second time the content is changed instead and
// packed again.
#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kMostContent = std::size_t{1} << 16U;

// The content of an archive's first member, as far as it can be had.
std::vector<std::uint8_t> unpacked(const std::uint8_t* data, std::size_t size) {
    std::vector<std::uint8_t> content(kMostContent);
    z_stream zlib{};
    if (::inflateInit2(&zlib, kGzipOnly) != Z_OK) return {};
    zlib.next_in = data;
    zlib.avail_in = static_cast<uInt>(size);
    zlib.next_out = content.data();
    zlib.avail_out = static_cast<uInt>(content.size());
    static_cast<void>(::inflate(&zlib, Z_FINISH));
    content.resize(content.size() - zlib.avail_out);
    ::inflateEnd(&zlib);
    return content;
}

// Empty when the archive would be longer than `most`.
std::vector<std::uint8_t> packed(const std::vector<std::uint8_t>& content, std::size_t most) {
    std::vector<std::uint8_t> archive(most);
    z_stream zlib{};
    if (::deflateInit2(&zlib, 1, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    zlib.next_in = content.data();
    zlib.avail_in = static_cast<uInt>(content.size());
    zlib.next_out = archive.data();
    zlib.avail_out = static_cast<uInt>(archive.size());
    const bool whole = ::deflate(&zlib, Z_FINISH) == Z_STREAM_END;
    archive.resize(whole ? archive.size() - zlib.avail_out : 0);
    ::deflateEnd(&zlib);
    return archive;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    if (seed % 2 == 0) return LLVMFuzzerMutate(data, size, most);
    std::vector<std::uint8_t> content = unpacked(data, size);
    const std::size_t length = content.size();
    content.resize(kMostContent);
    content.resize(LLVMFuzzerMutate(content.data(), length, content.size()));
    const std::vector<std::uint8_t> archive = packed(content, most);
    if (archive.empty()) return LLVMFuzzerMutate(data, size, most);
    std::memcpy(data, archive.data(), archive.size());
    return archive.size();
}
