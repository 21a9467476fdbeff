// Header first, then a size check against what the file can hold, and only then memory. Values are read in
// cache-sized pieces, so that an observer (the checksum) sees each of them while it is warm.
#include "mnist/data/idx.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "content_stream.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kExtentBytes = 4;
constexpr std::uint8_t kTypeU8 = 0x08;
constexpr std::size_t kPieceBytes = std::size_t{1} << 18U;
constexpr const char* kFetchAgain = "Fetch the file again";
constexpr const char* kOriginalFormat =
    "Give an IDX file of unsigned bytes, as MNIST's files are, plain or gzip";

std::span<std::byte> writable(std::span<std::uint8_t> bytes) {
    return std::as_writable_bytes(bytes);
}

std::string type_name(std::uint8_t code) {
    switch (code) {
        case 0x09:
            return "0x09 (i8)";
        case 0x0B:
            return "0x0b (i16)";
        case 0x0C:
            return "0x0c (i32)";
        case 0x0D:
            return "0x0d (f32)";
        case 0x0E:
            return "0x0e (f64)";
        default:
            return fmt::format("{:#04x}", code);
    }
}

std::string rank_name(std::size_t rank) {
    return fmt::format("{} dimension{}{}", rank, rank == 1 ? "" : "s",
                       rank == 1 ? " (labels)" : (rank == 3 ? " (images)" : ""));
}

// What the header's first, second and third extent count.
const char* extent_name(std::size_t dimension) {
    constexpr std::array<const char*, 3> kNames{"item", "row", "column"};
    return kNames[std::min<std::size_t>(dimension, 2)];
}

void read_header_bytes(ContentStream& stream, std::span<std::uint8_t> out, std::size_t header_bytes) {
    if (stream.read(writable(out)) == out.size()) return;
    throw InputError({.where = stream.where(),
                      .offset = stream.position(),
                      .expected = fmt::format("an IDX header of {} bytes", header_bytes),
                      .found = fmt::format("the end after {} bytes", stream.position()),
                      .remedy = kFetchAgain});
}

void check_magic(const std::string& where, std::span<const std::uint8_t> magic, std::size_t rank) {
    if (magic[0] != 0 || magic[1] != 0)
        throw InputError({.where = where,
                          .offset = 0,
                          .expected = "an IDX file, which starts with two zero bytes",
                          .found = fmt::format("{:#04x} {:#04x}", magic[0], magic[1]),
                          .remedy = kOriginalFormat});
    if (magic[2] != kTypeU8)
        throw InputError({.where = where,
                          .offset = 2,
                          .expected = "values of type 0x08 (u8)",
                          .found = type_name(magic[2]),
                          .remedy = kOriginalFormat});
    if (magic[3] != rank)
        throw InputError({.where = where,
                          .offset = 3,
                          .expected = rank_name(rank),
                          .found = rank_name(magic[3]),
                          .remedy = "Check that images and labels are not exchanged"});
}

std::vector<std::size_t> extents_of(const std::string& where, std::span<const std::uint8_t> bytes) {
    std::vector<std::size_t> extents;
    for (std::size_t i = 0; i + kExtentBytes <= bytes.size(); i += kExtentBytes) {
        std::uint32_t extent = 0;
        for (const std::uint8_t byte : bytes.subspan(i, kExtentBytes)) extent = extent << 8U | byte;
        if (extent == 0)
            throw InputError({.where = where,
                              .offset = kMagicBytes + i,
                              .expected = fmt::format("at least one {}", extent_name(extents.size())),
                              .found = "0",
                              .remedy = "Give a set that is not empty"});
        extents.push_back(extent);
    }
    return extents;
}

// How many values the header promises; an error where that is absurd or more than the file can hold.
std::size_t promised_values(const ContentStream& stream, std::span<const std::size_t> extents,
                            std::size_t header_bytes) {
    std::optional<std::size_t> values = 1;
    for (const std::size_t extent : extents)
        if (values) values = checked_product({*values, extent});
    if (!values || *values > kMaxIdxValues)
        throw InputError({.where = stream.where(),
                          .offset = kMagicBytes,
                          .expected = fmt::format("at most {} values", kMaxIdxValues),
                          .found = fmt::format("a header for {} values", fmt::join(extents, " x ")),
                          .remedy = kFetchAgain});
    if (stream.most_content() < header_bytes + *values)
        throw InputError({.where = stream.where(),
                          .offset = stream.most_content(),
                          .expected = fmt::format("{} bytes of content ({} values)", header_bytes + *values,
                                                  fmt::join(extents, " x ")),
                          .found = stream.gzip() ? fmt::format("an archive that can hold {} at most",
                                                               stream.most_content())
                                                 : fmt::format("{} bytes", stream.most_content()),
                          .remedy = kFetchAgain});
    return *values;
}

void read_values(ContentStream& stream, std::span<std::uint8_t> values, const ContentObserver& observer) {
    const std::uint64_t content_bytes = stream.position() + values.size();
    const auto fail = [&](const std::string& found) {
        throw InputError({.where = stream.where(),
                          .offset = std::min(stream.position(), content_bytes),
                          .expected = fmt::format("{} bytes of content", content_bytes),
                          .found = found,
                          .remedy = kFetchAgain});
    };
    for (std::size_t start = 0; start < values.size(); start += kPieceBytes) {
        const auto piece = values.subspan(start, std::min(kPieceBytes, values.size() - start));
        if (stream.read(writable(piece)) != piece.size()) fail(fmt::format("{} bytes", stream.position()));
        if (observer) observer(std::as_bytes(piece));
    }
    std::uint8_t beyond = 0;
    if (stream.read(writable({&beyond, 1})) != 0)
        fail(stream.gzip() ? "more" : fmt::format("{} bytes", stream.most_content()));
}

IdxArray read_idx(ContentStream& stream, std::size_t rank, const ContentObserver& observer) {
    IdxArray array;
    const std::size_t header_bytes = kMagicBytes + rank * kExtentBytes;
    array.header.resize(header_bytes);
    const std::span<std::uint8_t> header(array.header);
    read_header_bytes(stream, header.first(kMagicBytes), header_bytes);
    check_magic(stream.where(), header.first(kMagicBytes), rank);
    read_header_bytes(stream, header.subspan(kMagicBytes), header_bytes);
    array.extents = extents_of(stream.where(), header.subspan(kMagicBytes));
    array.values.resize(promised_values(stream, array.extents, header_bytes));
    if (observer) observer(std::as_bytes(header));
    read_values(stream, array.values, observer);
    return array;
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path, std::size_t rank, const ContentObserver& observer) {
    ContentStream stream(path);
    return read_idx(stream, rank, observer);
}

IdxArray read_idx(std::span<const std::byte> file, const std::string& where, std::size_t rank,
                  const ContentObserver& observer) {
    ContentStream stream(file, where);
    return read_idx(stream, rank, observer);
}

std::string content_sha256(const IdxArray& array) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(array.header)));
    hash.add(std::as_bytes(std::span(array.values)));
    return hash.hex();
}

}  // namespace mnist
