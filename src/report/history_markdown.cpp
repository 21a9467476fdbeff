// For pull requests: what got worse stands first, so that what is cut off is what matters least.
#include <fmt/format.h>

#include <algorithm>

#include "comparison_words.hpp"
#include "history_words.hpp"
#include "markdown_code.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

constexpr std::size_t kForTheEnd = 200;  // what says how much was cut

/// A document that takes lines until it is full, and counts the rest.
class Bounded {
  public:
    explicit Bounded(std::string text) : text_(std::move(text)) {}
    void add(const std::string& lines) {
        if (text_.size() + lines.size() + kForTheEnd > kMostCharacters) {
            ++cut_;
        } else {
            text_ += lines;
        }
    }
    [[nodiscard]] std::string finish() const {
        return cut_ == 0 ? text_
                         : fmt::format("{}\n{} left out here; `--format json` has all.\n", text_,
                                       counted(cut_, "line is", "lines are"));
    }

  private:
    std::string text_;
    std::size_t cut_ = 0;
};

void add_changes_table(Bounded& document, const HistoryGroup& group, HistoryOrder order) {
    document.add(fmt::format("\n{}: {}\n\n", code_span(group_title(group)), group_range(group, order)));
    document.add(
        "| Benchmark | Change | Ratio | Interval | Whose | After | Since | Machine |\n"
        "| --- | --- | ---: | ---: | --- | --- | --- | --- |\n");
    for (const ShownChange& one : shown_changes(group)) {
        const std::string words = change_words(*one.change);
        document.add(fmt::format(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n", code_cell(one.line->benchmark),
            is_unexplained_regression(*one.change) ? fmt::format("**{}**", words) : words,
            change_size(*one.change), change_interval(*one.change), word(one.change->cause),
            code_cell(one.before().name), code_cell(one.after().name), machine_words(*one.change)));
    }
}

void add_quiet_groups(Bounded& document, const History& history) {
    const QuietGroups quiet = quiet_groups(history);
    if (quiet.groups.empty()) return;
    document.add(fmt::format("\n{}\n", quiet.sentence));
    if (!quiet.are_few()) return;
    document.add("\n");
    for (const HistoryGroup* group : quiet.groups)
        document.add(
            fmt::format("- {}: {}\n", code_span(group_title(*group)), group_range(*group, history.order)));
}

}  // namespace

std::string history_markdown(const History& history, bool is_gate) {
    Bounded document(fmt::format("**{}**, by {}\n", history_summary(history), word(history.order)));
    if (is_gate) document.add(fmt::format("\n**{}**\n", history_gate(history)));
    for (const HistoryGroup& group : history.groups)
        if (has_changes(group)) add_changes_table(document, group, history.order);
    add_quiet_groups(document, history);
    if (!history.remarks.empty()) document.add("\n");
    for (const std::string& remark : history.remarks) document.add(fmt::format("- {}\n", code_span(remark)));
    if (!history.left_out.empty()) document.add(fmt::format("\nLeft out: {}\n\n", history.left_out.size()));
    for (const LeftOut& one : history.left_out)
        document.add(fmt::format("- {}: {}\n", code_span(one.what), code_span(one.why)));
    return document.finish();
}

}  // namespace mnist
