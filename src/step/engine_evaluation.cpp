// Forward alone, tile by tile on the team, and what comes of it. Nothing here changes a weight.
#include <algorithm>
#include <iterator>

#include "engine_impl.hpp"

namespace mnist {
namespace {

std::size_t index_of_maximum(const float* row, std::size_t n) {
    return static_cast<std::size_t>(std::max_element(row, row + n) - row);
}

}  // namespace

// Ranks have a run of the tiles each; whoever asks tells the others what came out.
template <class Visit>
void Engine::Impl::forward_tiles(const LabelledRows& rows, Visit&& visit) {
    check_rows(rows);
    const Exchange* const ranks = options_.exchange;
    const std::size_t tiles = eval_->tiles(rows.count);
    const std::size_t first = ranks == nullptr ? 0 : ranks->rank() * tiles / ranks->ranks();
    const std::size_t end = ranks == nullptr ? tiles : (ranks->rank() + 1) * tiles / ranks->ranks();
    team_.share(end - first, [&](std::size_t t, std::size_t thread) {
        visit(first + t, eval_->run_tile(first + t, rows, thread));
    });
}

EvalOutcome Engine::Impl::evaluate(const LabelledRows& rows) {
    const std::size_t classes = plans.back().out;
    const std::size_t columns = plans.back().out_padded;
    std::vector<double> losses(eval_->tiles(rows.count), 0.0);
    std::vector<double> predicted(rows.count, 0.0);
    forward_tiles(rows, [&](std::size_t t, const float* logits) {
        losses[t] = eval_->loss(t, rows, logits);
        for (std::size_t r = 0; r < eval_->live_rows(t, rows.count); ++r)
            predicted[t * eval_->rows() + r] =
                static_cast<double>(index_of_maximum(logits + r * columns, classes));
    });
    if (options_.exchange != nullptr) {
        options_.exchange->join(losses);
        options_.exchange->join(predicted);
    }
    EvalOutcome outcome;
    std::transform(predicted.begin(), predicted.end(), std::back_inserter(outcome.predicted),
                   [](double label) { return static_cast<std::uint8_t>(label); });
    double total = 0;
    for (const double loss : losses) total += loss;
    outcome.loss = rows.count == 0 ? 0 : total / static_cast<double>(rows.count);
    outcome.confusion_matrix.assign(classes, std::vector<std::uint64_t>(classes, 0));
    for (std::size_t i = 0; i < rows.count; ++i) {
        ++outcome.confusion_matrix[rows.labels[i]][outcome.predicted[i]];
        if (rows.labels[i] == outcome.predicted[i]) ++outcome.correct;
    }
    return outcome;
}

std::vector<float> Engine::Impl::logits(const LabelledRows& rows) {
    const std::size_t classes = plans.back().out;
    const std::size_t columns = plans.back().out_padded;
    std::vector<float> all(rows.count * classes);
    forward_tiles(rows, [&](std::size_t t, const float* tile) {
        for (std::size_t r = 0; r < eval_->live_rows(t, rows.count); ++r)
            std::copy_n(tile + r * columns, classes, all.data() + (t * eval_->rows() + r) * classes);
    });
    if (options_.exchange != nullptr) {
        std::vector<double> numbers(all.begin(), all.end());
        options_.exchange->join(numbers);
        std::transform(numbers.begin(), numbers.end(), all.begin(),
                       [](double n) { return static_cast<float>(n); });
    }
    return all;
}

}  // namespace mnist
