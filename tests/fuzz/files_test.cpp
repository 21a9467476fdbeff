// The fuzzer's targets on every committed file, on every truncation of it and with every bit of its start
// flipped: error or correct, never a crash, and never more memory than a small file can deserve. Files in
// regressions/ once broke something.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "allocation_watch.hpp"
#include "catch.hpp"
#include "targets.hpp"

namespace {

namespace fs = std::filesystem;
using namespace mnist;

constexpr std::size_t kSmallFile = 1024;
constexpr std::size_t kMostMemory = std::size_t{64} << 20U;
// Headers, and the whole of most files here; what lies behind in the larger ones are values.
constexpr std::size_t kFlippedBytes = 512;

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> files_in(const char* folder, const FuzzTarget& target) {
    std::vector<fs::path> files;
    const fs::path where = fs::path(MNIST_FUZZ_FILES) / folder / target.name;
    if (!fs::exists(where)) return files;
    for (const auto& entry : fs::directory_iterator(where)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void run(const FuzzTarget& target, const std::string& content) {
    target.run(std::as_bytes(std::span(content)));
}

}  // namespace

TEST_CASE("fuzz: every committed file is read or refused") {
    for (const FuzzTarget& target : kFuzzTargets) {
        CAPTURE(target.name);
        CHECK(!files_in("corpus", target).empty());
        for (const char* folder : {"corpus", "regressions"}) {
            for (const fs::path& path : files_in(folder, target)) {
                CAPTURE(path.string());
                CHECK_NOTHROW(run(target, content_of(path)));
            }
        }
    }
}

TEST_CASE("fuzz: every truncation of a committed file is read or refused") {
    for (const FuzzTarget& target : kFuzzTargets) {
        for (const fs::path& path : files_in("corpus", target)) {
            CAPTURE(path.string());
            const std::string whole = content_of(path);
            for (std::size_t length = 0; length < whole.size(); ++length) {
                CAPTURE(length);
                REQUIRE_NOTHROW(run(target, whole.substr(0, length)));
            }
        }
    }
}

TEST_CASE("fuzz: a committed file with any bit of its start flipped is read or refused") {
    for (const FuzzTarget& target : kFuzzTargets) {
        for (const fs::path& path : files_in("corpus", target)) {
            CAPTURE(path.string());
            std::string content = content_of(path);
            for (std::size_t bit = 0; bit < 8 * std::min(content.size(), kFlippedBytes); ++bit) {
                CAPTURE(bit);
                const auto flip = [&] {
                    content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << bit % 8));
                };
                flip();
                REQUIRE_NOTHROW(run(target, content));
                flip();
            }
        }
    }
}

TEST_CASE("fuzz: no file of at most 1 kB takes more than 64 MB, whichever byte of it is inverted") {
    std::size_t most = 0;
    for (const FuzzTarget& target : kFuzzTargets) {
        for (const char* folder : {"corpus", "regressions"}) {
            for (const fs::path& path : files_in(folder, target)) {
                std::string content = content_of(path);
                if (content.size() > kSmallFile) continue;
                CAPTURE(path.string());
                for (std::size_t at = 0; at < content.size(); ++at) {
                    const char original = content[at];
                    content[at] = static_cast<char>(~original);
                    reset_peak_allocated_bytes();
                    run(target, content);
                    content[at] = original;
                    most = std::max(most, peak_allocated_bytes());
                    REQUIRE(peak_allocated_bytes() <= kMostMemory);
                }
            }
        }
    }
    CHECK(most > 0);  // something was counted
}
