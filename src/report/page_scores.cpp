// Scores of the files that have one, refused ones with the reason.
#include <array>
#include <nlohmann/json.hpp>

#include "mnist/report/score_text.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

ordered_json score_figure_of(const ScoreFigure& figure) {
    return {{"n", figure.repetitions.size()},
            {"median", figure.value},
            {"low", figure.interval.lower},
            {"high", figure.interval.upper},
            {"spread", "interval"}};
}

}  // namespace

ordered_json scores_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::optional<Score> score = score_of(sources[i].measurements);
        if (!score) continue;
        ordered_json columns = ordered_json::array();
        for (const ScoreColumn& column : score->columns) {
            if (!column.has_figures()) continue;
            columns.push_back({{"precision", column.precision},
                               {"copies", column.copies},
                               {"speed", score_figure_of(column.speed)},
                               {"rate", score_figure_of(column.rate)},
                               {"seconds", score_figure_of(column.seconds)}});
        }
        list.push_back({{"source", i},
                        {"set", score->set},
                        {"sentence", score_sentence(*score)},
                        {"remarks", score_remarks(*score)},
                        {"columns", std::move(columns)}});
    }
    return list;
}

}  // namespace mnist
