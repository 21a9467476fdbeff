// What outputs say of how ranks scale: the same columns for a terminal, Markdown and the page. Private to
// this room.
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/scaling.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

inline constexpr std::array kScalingHeadings{"Ranks",      "Threads",  "Time",        "Speed",
                                             "Efficiency", "Exchange", "Repetitions", "File"};

/// Of a point of scaling_json(): cells under these headings, empty where a value does not exist.
[[nodiscard]] std::array<std::string, kScalingHeadings.size()> scaling_cells(
    const nlohmann::ordered_json& point);
/// "Train/Adam/batch:1024: strong scaling, one batch for all ranks".
[[nodiscard]] std::string scaling_title(const nlohmann::ordered_json& series);
/// What the figures are of, for people.
[[nodiscard]] std::string scaling_note();

/// Empty without a series.
[[nodiscard]] std::string scaling_text(std::span<const ScalingSeries> all, const TextStyle& style);
[[nodiscard]] std::string scaling_markdown(std::span<const ScalingSeries> all);
[[nodiscard]] nlohmann::ordered_json scaling_json(std::span<const ScalingSeries> all);

}  // namespace mnist
