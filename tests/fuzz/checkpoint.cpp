// Checkpoints, whose checksum would turn nearly every change away at the door: the file is tried as it is,
// and once more with the checksum that its bytes deserve. A file that begins with a brace stands for the text
// inside of one, which there is wrapped in quotes and hard for a fuzzer to change in a way that matters.
#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/train/checkpoint.hpp"
#include "targets.hpp"

namespace mnist {
namespace {

constexpr std::string_view kBeforeChecksum = R"({"__metadata__":{"mnist.sha256":")";
constexpr std::size_t kChecksumAt = sizeof(std::uint64_t) + kBeforeChecksum.size();
constexpr std::size_t kChecksumSize = 64;

void try_text(const std::string& text) {
    const auto again = [](const CheckpointFacts& facts) {
        return checkpoint_json(facts.head, facts.runs, facts.optimizer_steps, "now");
    };
    std::string written;
    try {
        written = again(parse_checkpoint_json(text, "fuzz"));
    } catch (const InputError&) {
        return;
    }
    try {
        promise(again(parse_checkpoint_json(written, "written")) == written,
                "checkpoint: written, read and written again is the same text");
    } catch (const InputError& error) {
        throw BrokenPromise(std::string("checkpoint: what is written can be read: ") + error.what());
    }
}

void try_whole(const std::string& content) {
    try {
        const Checkpoint checkpoint = parse_checkpoint(content, "fuzz");
        promise(checkpoint.progress.states.size() == checkpoint.progress.runs.present.size(),
                "checkpoint: a state for each present run");
        std::size_t values = 0;
        for (const TrainingState& state : checkpoint.progress.states) {
            for (const ModelParameters* const model : {&state.weights, &state.first, &state.second}) {
                for (const LayerParameters& layer : model->layers)
                    values += layer.weight.size() + layer.bias.size();
            }
        }
        promise(values * sizeof(float) < content.size(), "checkpoint: no more values than the file holds");
    } catch (const InputError&) {
        return;
    }
}

}  // namespace

void try_checkpoint(FileBytes file) {
    std::string content = text_of(file);
    if (content.starts_with('{')) {
        try_text(content);
        return;
    }
    try_whole(content);
    if (content.size() < kChecksumAt + kChecksumSize) return;
    content.replace(sizeof(std::uint64_t), kBeforeChecksum.size(), kBeforeChecksum);
    content.replace(kChecksumAt, kChecksumSize, kChecksumSize, '0');
    Sha256 hash;
    hash.add(std::as_bytes(std::span(content)));
    content.replace(kChecksumAt, kChecksumSize, hash.hex());
    try_whole(content);
}

}  // namespace mnist
