// What is found, read, kept and left out.
#include "mnist/history/reading.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "catch.hpp"
#include "files.hpp"
#include "golden_text.hpp"
#include "mnist/core/error.hpp"
#include "reading_bytes.hpp"

using namespace mnist;
using namespace mnist_test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTime = "2026-11-24T15:01:46Z";

/// A folder with two results, long enough ago for their times of change to be believed.
class ResultFolder {
  public:
    ResultFolder() {
        add("a.json", 1.0);
        add("deep/b.json", 2.0);
    }
    void add(const std::string& name, double seconds) const {
        write_text(results() / name, history_result("abc", kTime, seconds).dump());
        fs::last_write_time(results() / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
    }
    [[nodiscard]] fs::path results() const { return folder_.path() / "results"; }
    [[nodiscard]] fs::path cache() const { return folder_.path() / "cache" / "history.sqlite"; }
    [[nodiscard]] HistoryFiles read(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{results().string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return read_history_files(arguments, {.cache = cache(), .progress = {}});
    }

  private:
    TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("history: files and folders are read, each once, with what their process measured of its machine") {
    const ResultFolder folder;
    const HistoryFiles read = folder.read({(folder.results() / "a.json").string()});
    REQUIRE(read.files.size() == 2);
    CHECK(read.left_out.empty());
    const HistoryRow& row = read.files[0].reading.rows.at(0);
    CHECK(row.name == "Step/SGD/batch:64");
    CHECK(row.seconds == 1.0);
    CHECK(row.compute_seconds == 1.0 / 400);
    CHECK_FALSE(row.memory_seconds.has_value());
}

TEST_CASE(
    "history: what is no result, half a result, of the future, the same run or without times is named and "
    "left out") {
    const ResultFolder folder;
    const std::string whole = history_result("abc", kTime, 1.0).dump();
    write_text(folder.results() / "copy.json", whole);
    write_text(folder.results() / "half.json", whole.substr(0, whole.size() / 2));
    write_text(folder.results() / "other.json", "{\"a\": 1}");
    nlohmann::json future = history_result("abc", kTime, 3.0);
    future["context"]["mnist.schema"] = "mnist-bench/2";
    write_text(folder.results() / "future.json", future.dump());
    write_text(folder.results() / "none.json", history_result("abc", kTime, -1.0).dump());
    const HistoryFiles read = folder.read();
    CHECK(read.files.size() == 2);
    REQUIRE(read.left_out.size() == 5);
    CHECK(read.left_out[0].why ==
          "the same run as " + (folder.results() / "a.json").string() + ", which counts once");
    CHECK(read.left_out[1].what == (folder.results() / "future.json").string());
    CHECK(read.left_out[1].why.starts_with(
        "context.mnist.schema: expected \"mnist-bench/1\", found \"mnist-bench/2\""));
    CHECK(read.left_out[3].what == (folder.results() / "none.json").string());
    CHECK(read.left_out[3].why == "no benchmark in it has a time");
    CHECK_THROWS_AS(folder.read({"/nowhere/x.json"}), InputError);
}

TEST_CASE("history: links to files are followed, and those that lead nowhere are named") {
    const ResultFolder folder;
    fs::rename(folder.results() / "a.json", folder.results() / "a.txt");
    fs::create_symlink(folder.results() / "a.txt", folder.results() / "link.json");
    fs::create_symlink(folder.results() / "gone.txt", folder.results() / "gone.json");
    fs::create_symlink("loop.json", folder.results() / "loop.json");
    REQUIRE(::mkfifo((folder.results() / "pipe.json").c_str(), 0600) == 0);
    const HistoryFiles read = folder.read();
    CHECK(read.files.size() == 2);
    std::map<std::string, std::string> reasons;
    for (const LeftOut& one : read.left_out) reasons[fs::path(one.what).filename().string()] = one.why;
    CHECK(reasons == std::map<std::string, std::string>{{"gone.json", "a link that leads nowhere"},
                                                        {"loop.json", "a link that leads nowhere"},
                                                        {"pipe.json", "no file"}});
}

TEST_CASE("history cache: what is known is not parsed again, what changed is") {
    const ResultFolder folder;
    CHECK(folder.read().parsed == 2);
    CHECK(folder.read().parsed == 0);
    fs::rename(folder.results() / "a.json", folder.results() / "moved.json");
    CHECK(folder.read().parsed == 0);
    folder.add("moved.json", 9.0);  // as many bytes, another time of change
    const HistoryFiles read = folder.read();
    CHECK(read.parsed == 1);
    CHECK(read.files.at(1).reading.rows.at(0).seconds == 9.0);
}

TEST_CASE("history cache: whatever is wrong with it costs time only") {
    const ResultFolder folder;
    const HistoryFiles first = folder.read();
    const std::string whole = file_text(folder.cache());
    const auto damaged = [&](const std::function<void(std::string&)>& damage) {
        std::string bytes = whole;
        damage(bytes);
        write_text(folder.cache(), bytes);
        for (int time = 0; time < 2; ++time) {
            const HistoryFiles read = folder.read();
            REQUIRE(read.files.size() == 2);
            CHECK(read.files[0].reading == first.files[0].reading);
            CHECK(read.files[1].reading == first.files[1].reading);
        }
        CHECK(folder.read().parsed == 0);  // it is there again
    };
    damaged([](std::string& bytes) { bytes.clear(); });
    damaged([](std::string& bytes) { bytes = "no database"; });
    damaged([](std::string& bytes) { bytes.resize(bytes.size() / 2); });
    damaged([](std::string& bytes) { bytes.resize(100); });
    damaged([](std::string& bytes) { bytes[0] = 'x'; });
    damaged([](std::string& bytes) { bytes[63] = 99; });  // user_version
    damaged([](std::string& bytes) { std::fill(bytes.begin() + 100, bytes.begin() + 4096, '\xff'); });
    damaged([](std::string& bytes) { std::fill(bytes.begin() + 4096, bytes.end(), '\0'); });
    damaged([](std::string& bytes) { bytes.replace(bytes.find("Step/SGD"), 4, "Stop"); });
    damaged([](std::string& bytes) {
        bytes.replace(bytes.find("CREATE TABLE files"), 18, "CREATE TABLE filez");
    });
}

TEST_CASE("history cache: where there can be none, files are read all the same") {
    const ResultFolder folder;
    write_text(folder.cache().parent_path(), "a file where the folder should be");
    CHECK(folder.read().files.size() == 2);
    CHECK(folder.read().parsed == 2);
}

TEST_CASE("history cache: two processes at once read the same") {
    const ResultFolder folder;
    for (int i = 0; i < 300; ++i) folder.add("many/" + std::to_string(i) + ".json", 10.0 + i);
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(folder.read().files.size() == 302 ? 0 : 1);
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    CHECK(folder.read().parsed == 0);
}

TEST_CASE("history cache: bytes of a reading come back, and no others are taken for one") {
    const ResultFolder folder;
    const HistoryReading reading = folder.read().files.at(0).reading;
    const std::string bytes = reading_bytes(reading);
    CHECK(parse_reading(bytes) == reading);
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(parse_reading(bytes.substr(0, size)));
    CHECK_FALSE(parse_reading(bytes + "x"));
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        const auto other = parse_reading(flipped);
        if (other) CHECK(reading_bytes(*other) == flipped);
    }
}
