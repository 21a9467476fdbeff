// The reader against every damage that a small file can have: each length, each header byte, each byte of an
// archive.
#include "mnist/data/idx.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <optional>

#include "catch.hpp"
#include "mnist/core/sha256.hpp"
#include "test_files.hpp"

using namespace mnist;

namespace {

const std::string kImages = tiny_set()[0];  // 6 x 2 x 3
const std::string kLabels = tiny_set()[1];

IdxArray read_bytes(const std::string& file, std::size_t rank) {
    return read_idx(std::as_bytes(std::span(file)), "memory", rank);
}

InputFault bytes_fault(const std::string& file, std::size_t rank) {
    return fault_of([&] { static_cast<void>(read_bytes(file, rank)); });
}

std::string text(const IdxArray& array) {
    return {reinterpret_cast<const char*>(array.values.data()), array.values.size()};
}

// The values when the file is accepted, nothing when it is an InputError; anything else fails the test.
std::optional<std::string> values_or_error(const std::string& file, std::size_t rank) {
    try {
        return text(read_bytes(file, rank));
    } catch (const InputError&) {
        return std::nullopt;
    }
}

}  // namespace

TEST_CASE("idx: images are read with their extents, plain and gzip alike") {
    const TemporaryFolder folder;
    for (const std::string& file : {kImages, gzip(kImages)}) {
        write_file(folder.path() / "images", file);
        const IdxArray array = read_idx(folder.path() / "images", 3);
        CHECK(array.extents == std::vector<std::size_t>{6, 2, 3});
        CHECK(text(array) == kImages.substr(16));
        CHECK(std::string(array.header.begin(), array.header.end()) == kImages.substr(0, 16));
    }
}

TEST_CASE("idx: gzip is recognised by its content, whatever the name says") {
    const TemporaryFolder folder;
    write_file(folder.path() / "labels.gz", kLabels);
    write_file(folder.path() / "labels", gzip(kLabels));
    CHECK(text(read_idx(folder.path() / "labels.gz", 1)) == kLabels.substr(8));
    CHECK(text(read_idx(folder.path() / "labels", 1)) == kLabels.substr(8));
}

TEST_CASE("idx: files larger than any buffer are read whole and observed in order") {
    std::string values(1'000'003, '\0');
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<char>(i * i >> 7U);
    const std::string content = idx_bytes({1'000'003}, values);
    const TemporaryFolder folder;
    for (const std::string& file : {content, gzip(content)}) {
        write_file(folder.path() / "labels", file);
        std::string observed;
        const IdxArray array = read_idx(folder.path() / "labels", 1, [&](std::span<const std::byte> piece) {
            observed.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        });
        CHECK((text(array) == values));
        CHECK((observed == content));
        CHECK(content_sha256(array) == sha256_hex(std::as_bytes(std::span(content))));
    }
}

TEST_CASE("idx: an archive of several members is their contents one behind the other") {
    const std::string archive = gzip(kImages.substr(0, 20)) + gzip("") + gzip(kImages.substr(20));
    CHECK(text(read_bytes(archive, 3)) == kImages.substr(16));
}

TEST_CASE("idx: a plain file truncated at any length is rejected") {
    for (std::size_t length = 0; length < kImages.size(); ++length) {
        INFO("length " << length);
        const InputFault fault = bytes_fault(kImages.substr(0, length), 3);
        CHECK(fault.where == "memory");
        REQUIRE(fault.offset);
        CHECK(*fault.offset == length);
        CHECK_FALSE(fault.remedy.empty());
        if (length >= 16) {
            CHECK(fault.expected == "52 bytes of content (6 x 2 x 3 values)");
            CHECK(fault.found == std::to_string(length) + " bytes");
        } else {
            CHECK(fault.expected == "an IDX header of 16 bytes");
            CHECK(fault.found == "the end after " + std::to_string(length) + " bytes");
        }
    }
}

TEST_CASE("idx: an archive truncated at any length is rejected") {
    const std::string archive = gzip(kImages);
    for (std::size_t length = 0; length < archive.size(); ++length) {
        INFO("length " << length);
        const InputFault fault = bytes_fault(archive.substr(0, length), 3);
        REQUIRE(fault.offset);
        if (length >= 2) {
            CHECK(*fault.offset == length);
            CHECK(fault.expected == "the rest of the gzip archive");
            CHECK(contains(fault.remedy, "The archive is damaged"));
        }
    }
}

TEST_CASE("idx: a sound archive of a truncated content is rejected at the content's end") {
    for (std::size_t length = 16; length < kImages.size(); ++length) {
        const InputFault fault = bytes_fault(gzip(kImages.substr(0, length)), 3);
        CHECK(fault.offset == length);
        CHECK(fault.expected == "52 bytes of content");
        CHECK(fault.found == std::to_string(length) + " bytes");
    }
}

TEST_CASE("idx: bytes behind the content are rejected") {
    const InputFault plain = bytes_fault(kImages + "x", 3);
    CHECK(plain.offset == 52);
    CHECK(plain.expected == "52 bytes of content");
    CHECK(plain.found == "53 bytes");
    const InputFault inside = bytes_fault(gzip(kImages + "x"), 3);
    CHECK(inside.offset == 52);
    CHECK(inside.found == "more");
}

TEST_CASE("idx: anything behind the gzip archive is rejected") {
    const std::string archive = gzip(kImages);
    for (const std::string& garbage : {std::string("x"), std::string(1, '\0'), std::string("\x1f"),
                                       std::string("\x1f\x8b\x08"), kImages}) {
        const InputFault fault = bytes_fault(archive + garbage, 3);
        REQUIRE(fault.offset);
        CHECK(*fault.offset >= archive.size());
        CHECK(contains(fault.remedy, "archive"));
    }
    const InputFault fault = bytes_fault(archive + "four", 3);
    CHECK(fault.expected == "the end of the gzip archive");
    CHECK(fault.found == "4 bytes behind it");
}

TEST_CASE("idx: every header bit flipped is rejected in a plain file and inside an archive") {
    for (std::size_t byte = 0; byte < 16; ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            INFO("byte " << byte << ", bit " << bit);
            std::string damaged = kImages;
            damaged[byte] = static_cast<char>(static_cast<unsigned char>(damaged[byte]) ^ (1U << bit));
            CHECK_FALSE(values_or_error(damaged, 3));
            CHECK_FALSE(values_or_error(gzip(damaged), 3));
        }
}

TEST_CASE("idx: every bit of an archive flipped gives an error or the right values") {
    const std::string archive = gzip(kImages);
    int accepted = 0;
    for (std::size_t byte = 0; byte < archive.size(); ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            INFO("byte " << byte << ", bit " << bit);
            std::string damaged = archive;
            damaged[byte] = static_cast<char>(static_cast<unsigned char>(damaged[byte]) ^ (1U << bit));
            const auto values = values_or_error(damaged, 3);
            if (!values) continue;
            CHECK(*values == kImages.substr(16));
            ++accepted;
        }
    // Time stamp (4 bytes), compression level, operating system and the text flag of the archive's header
    // mean nothing to the content, and neither do the unused bits of the compressed data's last byte.
    CHECK(accepted <= 6 * 8 + 1 + 7);
}

TEST_CASE("idx: a wrong magic, type or number of dimensions names the byte") {
    std::string file = kImages;
    file[0] = 'P';
    CHECK(bytes_fault(file, 3).offset == 0);
    CHECK(bytes_fault(file, 3).found == "0x50 0x00");

    file = kImages;
    file[2] = '\x0d';
    CHECK(bytes_fault(file, 3).offset == 2);
    CHECK(bytes_fault(file, 3).expected == "values of type 0x08 (u8)");
    CHECK(bytes_fault(file, 3).found == "0x0d (f32)");

    CHECK(bytes_fault(kLabels, 3).offset == 3);
    CHECK(bytes_fault(kLabels, 3).expected == "3 dimensions (images)");
    CHECK(bytes_fault(kLabels, 3).found == "1 dimension (labels)");
    CHECK(bytes_fault(kImages, 1).found == "3 dimensions (images)");
}

TEST_CASE("idx: an empty set is rejected, whichever extent is zero") {
    const InputFault count = bytes_fault(idx_bytes({0, 28, 28}, ""), 3);
    CHECK(count.offset == 4);
    CHECK(count.expected == "at least one item");
    CHECK(bytes_fault(idx_bytes({1, 0, 28}, ""), 3).offset == 8);
    CHECK(bytes_fault(idx_bytes({1, 28, 0}, ""), 3).offset == 12);
    CHECK(bytes_fault(idx_bytes({0}, ""), 1).offset == 4);
}

TEST_CASE("idx: extents whose product overflows or is absurd are rejected") {
    const InputFault overflow = bytes_fault(idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, "x"), 3);
    CHECK(overflow.offset == 4);
    CHECK(overflow.found == "a header for 4294967295 x 4294967295 x 4294967295 values");
    CHECK(bytes_fault(idx_bytes({0x80000000, 2, 2}, "x"), 3).expected == "at most 4294967296 values");
}

TEST_CASE("idx: a header that promises more than the file can hold is refused before memory is taken") {
    rusage before{};
    rusage after{};
    ::getrusage(RUSAGE_SELF, &before);
    const InputFault plain = bytes_fault(idx_bytes({4'000'000, 32, 32}, "x"), 3);
    CHECK(plain.found == "17 bytes");
    const std::string archive = gzip(idx_bytes({4'000'000, 32, 32}, std::string(4000, 'x')));
    CHECK(bytes_fault(archive, 3).found ==
          "an archive that can hold " + std::to_string(1032 * archive.size()) + " at most");
    ::getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 64L * 1024);  // in KiB
}

TEST_CASE("idx: a decompression bomb is stopped at the size that its header allows") {
    std::string zeros;
    zeros.resize(100'000'000);
    const std::string bomb = gzip(idx_bytes({1, 28, 28}, zeros));
    REQUIRE(bomb.size() < 150'000);
    rusage before{};
    rusage after{};
    ::getrusage(RUSAGE_SELF, &before);
    const InputFault fault = bytes_fault(bomb, 3);
    ::getrusage(RUSAGE_SELF, &after);
    CHECK(fault.offset == 16 + 784);
    CHECK(fault.found == "more");
    CHECK(after.ru_maxrss - before.ru_maxrss < 16L * 1024);
}

TEST_CASE("idx: what is no regular file is rejected instead of waited for") {
    const TemporaryFolder folder;
    CHECK(fault_of([&] { static_cast<void>(read_idx(folder.path(), 1)); }).found ==
          "something that is not a regular file");
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK(fault_of([&] { static_cast<void>(read_idx(folder.path() / "pipe", 1)); }).found ==
          "something that is not a regular file");
    const InputFault missing = fault_of([&] { static_cast<void>(read_idx(folder.path() / "none", 1)); });
    CHECK(missing.where == (folder.path() / "none").string());
    CHECK(missing.found == "No such file or directory");
}
