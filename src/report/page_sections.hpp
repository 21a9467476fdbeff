// The sections of a page, as HTML made of the page's data (report_data): all that can be read stands in the
// page itself, and its script only adds charts, pictures and switches. A section without data is empty. Only
// inside this room.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "html.hpp"

namespace mnist {

/// What the page calls it.
[[nodiscard]] std::string source_name(const nlohmann::ordered_json& report,
                                      const nlohmann::ordered_json& source);
/// "file.json · AMD EPYC, 2 threads", or "AMD EPYC Zen 4 (bf16) · file.json": the heading of what belongs to
/// one file.
[[nodiscard]] std::string source_heading(const nlohmann::ordered_json& report,
                                         const nlohmann::ordered_json& source);
/// The head of a row with the word "disturbed" where it was, and the reason as its title.
[[nodiscard]] Html with_mark(const Html& heading, const nlohmann::ordered_json& row);

/// A column of the text under `key`, of the number there (nothing where it is null), and of the result's
/// name.
using JsonColumn = HtmlColumn<nlohmann::ordered_json>;
[[nodiscard]] JsonColumn text_column(const std::string& title, const char* key, const char* kind = "");
[[nodiscard]] JsonColumn number_column(const std::string& title, const char* key,
                                       std::string (*format)(const nlohmann::ordered_json&));
[[nodiscard]] JsonColumn result_column(const nlohmann::ordered_json& report);

/// Something with its title.
struct Part {
    std::string title;
    Html content;
};
/// The first `open` under headings (one without a title has none), the others to be opened; many of them
/// together, as so many of `what`, where that is given.
[[nodiscard]] Html parts_in_turn(const std::vector<Part>& parts, std::size_t open,
                                 const std::string& what = {});
/// "8 of 16 trainings are here: ..."; nothing where all are.
[[nodiscard]] Html cut_note(std::size_t shown, std::size_t all, const std::string& what);
/// Who is first in each family of benchmarks, of three files or more.
[[nodiscard]] Html ranking_tables(const nlohmann::ordered_json& ranking);

// Each gets the whole data.
[[nodiscard]] Html summary_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html machines_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html score_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html results_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html curves_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html confusion_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html pictures_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html throughput_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html scaling_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html libraries_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html share_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html time_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html roofline_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html latency_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html history_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html benchmarks_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html comparison_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html facts_section(const nlohmann::ordered_json& report);

}  // namespace mnist
