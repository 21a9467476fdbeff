// Comparisons of many rows and files: Markdown has a bound, text has none.
#include <fmt/format.h>

#include "catch.hpp"
#include "mnist/report/comparison_markdown.hpp"
#include "mnist/report/comparison_text.hpp"

using mnist::ComparedFiles;

namespace {

// So many rows, of which each tenth is slower, each hundredth faster, the others undecided or equally fast.
ComparedFiles many_rows(std::size_t rows, std::size_t comparisons) {
    mnist::Comparison one;
    one.mode = mnist::CompareMode::gate;
    one.base_label = "a.json";
    one.new_label = "b.json";
    for (std::size_t i = 0; i < rows; ++i) {
        mnist::ComparedRow row;
        row.name = fmt::format("Train/Adam/batch:{}", i);
        row.speed.ratio = 1 + 1e-6 * static_cast<double>(i);
        row.speed.verdict = mnist::SpeedVerdict::equivalent;
        row.joint = mnist::JointVerdict::unchanged;
        if (i % 2 == 1) {
            row.speed.verdict = mnist::SpeedVerdict::inconclusive;
            row.joint = mnist::JointVerdict::inconclusive;
        }
        if (i % 100 == 50) {
            row.speed.verdict = mnist::SpeedVerdict::faster;
            row.joint = mnist::JointVerdict::improved;
        } else if (i % 10 == 0) {
            row.speed.verdict = mnist::SpeedVerdict::slower;
            row.joint = mnist::JointVerdict::regressed;
            row.speed.ratio = 1 / (1 + 1e-3 * static_cast<double>(i));
        }
        one.rows.push_back(std::move(row));
    }
    return {.comparisons = std::vector<mnist::Comparison>(comparisons, one), .rankings = {}};
}

}  // namespace

TEST_CASE(
    "comparison: Markdown of many rows has at most 60,000 characters, what changed first, and counts the "
    "rest") {
    constexpr std::size_t kMost = 60'000;
    const std::string some = mnist::comparison_markdown(many_rows(2000, 1));
    CHECK(some.size() <= kMost);
    CHECK(some.size() > kMost - 3000);
    const auto at = [&](const char* words) { return some.find(words); };
    // The slowest first, all that is faster behind all that is slower, and undecided rows as far as there is
    // room.
    CHECK(at("| `Train/Adam/batch:1990` | **regressed**") < at("| `Train/Adam/batch:1980` | **regressed**"));
    CHECK(at("| `Train/Adam/batch:10` | **regressed**") < at("| `Train/Adam/batch:1950` | improved"));
    CHECK(at("| `Train/Adam/batch:50` | improved") < at("| `Train/Adam/batch:1999` | inconclusive"));
    CHECK(at("| `Train/Adam/batch:1999` | inconclusive") != std::string::npos);
    std::size_t shown = 0;
    for (std::size_t line = some.find("\n| `Train"); line != std::string::npos;
         line = some.find("\n| `Train", line + 1))
        ++shown;
    const std::size_t cut = 2000 - shown;
    CHECK(some.find(fmt::format(
              "{} rows are not shown here ({} undecided and 800 unchanged), so that this has at most "
              "60000 characters; `--format csv` or `text` has all.",
              cut, cut - 800)) != std::string::npos);
    CHECK(some.find("1800 of 2000 rows unchanged or inconclusive") != std::string::npos);
    const std::string all = mnist::comparison_markdown(many_rows(200, 1));
    CHECK(all.find("not shown") == std::string::npos);
    const std::string text = mnist::comparison_text(many_rows(2000, 1), {});
    CHECK(text.find("Train/Adam/batch:1998") != std::string::npos);
}

TEST_CASE("comparison: Markdown of many files stays within its bound too, however long their names are") {
    ComparedFiles files = many_rows(300, 40);
    const std::string text = mnist::comparison_markdown(files);
    CHECK(text.size() <= 60'000);
    CHECK(text.find("more files are not shown here") != std::string::npos);
    for (mnist::Comparison& one : files.comparisons) {
        one.base_label = std::string(5000, '`') + "|";
        for (mnist::ComparedRow& row : one.rows) row.name = std::string(300, '|') + row.name;
        one.warnings.assign(100, std::string(2000, 'w'));
    }
    CHECK(mnist::comparison_markdown(files).size() <= 60'000);
    files.comparisons.resize(1);
    CHECK(mnist::comparison_markdown(files).size() <= 60'000);
}

TEST_CASE("comparison: however much scales, Markdown says first what changed, and then has both") {
    ComparedFiles files = many_rows(2000, 1);
    mnist::ScalingSeries one;
    one.points.resize(2);
    for (int i = 0; i < 2000; ++i) {
        one.name = fmt::format("Step/Adam/batch:{}", i);
        files.scaling.push_back(one);
    }
    const std::string both = mnist::comparison_markdown(files);
    CHECK(both.size() <= 60'000);
    CHECK(both.find("| `Train/Adam/batch:1990` | **regressed**") < both.find("Scaling over ranks"));
    CHECK(both.find("`Step/Adam/batch:0: strong scaling") != std::string::npos);
    CHECK(both.find(" more lines") != std::string::npos);
    files.comparisons.clear();
    CHECK(mnist::comparison_markdown(files).starts_with("**Scaling over ranks.**"));
}
