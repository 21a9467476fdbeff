// The sections of a page, as HTML made of the page's data (report_data): all that can be read stands in the
// page itself, and its script only adds charts, pictures and switches. A section without data is empty. Only
// inside this room.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "html.hpp"

namespace mnist {

[[nodiscard]] std::string source_name(const nlohmann::ordered_json& report,
                                      const nlohmann::ordered_json& source);
/// "file.json · AMD EPYC, 2 threads": the heading of what belongs to one file.
[[nodiscard]] std::string source_heading(const nlohmann::ordered_json& report,
                                         const nlohmann::ordered_json& source);
/// The head of a row with the word "disturbed" where it was, and the reason as its title.
[[nodiscard]] Html with_mark(const Html& heading, const nlohmann::ordered_json& row);

// Each gets the whole data.
[[nodiscard]] Html summary_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html score_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html results_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html curves_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html confusion_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html pictures_section(const nlohmann::ordered_json& report);
[[nodiscard]] Html throughput_section(const nlohmann::ordered_json& report);
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
