// Files are written with streams and packed with zlib itself, so that nothing under test helps to make its
// own input.
#include "test_files.hpp"

#include <stdlib.h>
#include <zlib.h>

#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "mnist/core/sha256.hpp"

namespace mnist {
namespace {

std::string sha256_of(std::string_view text) {
    return sha256_hex(std::as_bytes(std::span(text)));
}

std::string pixels(std::size_t count, std::uint8_t first) {
    std::string values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<char>((first + 7 * i) % 256));
    return values;
}

}  // namespace

std::string idx_bytes(const std::vector<std::uint32_t>& extents, std::string_view values) {
    std::string bytes{'\0', '\0', '\x08', static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents)
        for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes.push_back(static_cast<char>(extent >> shift));
    return bytes.append(values);
}

std::string gzip(std::string_view content) {
    z_stream zlib{};
    REQUIRE(::deflateInit2(&zlib, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string archive(::deflateBound(&zlib, content.size()), '\0');
    std::string input(content);
    zlib.next_in = reinterpret_cast<Bytef*>(input.data());
    zlib.avail_in = static_cast<uInt>(input.size());
    zlib.next_out = reinterpret_cast<Bytef*>(archive.data());
    zlib.avail_out = static_cast<uInt>(archive.size());
    REQUIRE(::deflate(&zlib, Z_FINISH) == Z_STREAM_END);
    archive.resize(zlib.total_out);
    ::deflateEnd(&zlib);
    return archive;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    REQUIRE(file.good());
}

std::string file_content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

SetContents tiny_set(std::uint8_t first_pixel) {
    return {idx_bytes({6, 2, 3}, pixels(36, first_pixel)),
            idx_bytes({6}, std::string_view("\x00\x01\x02\x00\x01\x02", 6)),
            idx_bytes({3, 2, 3}, pixels(18, static_cast<std::uint8_t>(first_pixel + 100))),
            idx_bytes({3}, std::string_view("\x02\x01\x00", 3))};
}

KnownDataset known_as(const std::string& name, const SetContents& contents) {
    KnownDataset set{.name = name, .title = "Tiny " + name, .files = {}, .sha256 = {}, .mirrors = {}};
    std::string all;
    for (std::size_t i = 0; i < contents.size(); ++i) {
        set.files[i] = {.bytes = contents[i].size(), .sha256 = sha256_of(contents[i])};
        all += contents[i];
    }
    set.sha256 = sha256_of(all);
    return set;
}

void write_set(const std::filesystem::path& folder, const SetContents& contents, Packing packing,
               const std::string& prefix) {
    for (const DataPart part : kDataParts) {
        const std::string& content = contents[static_cast<std::size_t>(part)];
        const std::string name = prefix + std::string(file_name(part));
        if (packing == Packing::gzip)
            write_file(folder / (name + ".gz"), gzip(content));
        else
            write_file(folder / name, content);
    }
}

InputFault fault_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.fault();
    }
    FAIL("no InputError");
    return {};
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace mnist
