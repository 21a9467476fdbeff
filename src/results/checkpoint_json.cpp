// Written and read in one file, as it is short. The conditions are kept as they are: what they mean is known
// to those who put them in, and comparing needs no more than equality.
#include "mnist/results/checkpoint_json.hpp"

#include <fmt/format.h>

#include "json_cursor.hpp"
#include "lenient_json.hpp"
#include "result_fields.hpp"
#include "train_json_parts.hpp"

namespace mnist {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kSchema = "mnist-checkpoint/2";
constexpr const char* kSchemaOfOne = "mnist-checkpoint/1";  // one present run at most, and null without it
constexpr const char* kGenerator = "Philox4x32-10";

ordered_json position_json(const RunRecord& present, std::uint64_t optimizer_steps) {
    return {{"generator", kGenerator},
            {"seed", present.seed},
            {"next_epoch", present.epochs.size()},
            {"optimizer_steps", optimizer_steps}};
}

std::uint64_t read_position(const JsonCursor& position, const RunRecord& present) {
    if (position.at("generator").string() != kGenerator)
        position.at("generator").fail(fmt::format("\"{}\"", kGenerator));
    if (position.at("seed").unsigned_integer() != present.seed)
        position.at("seed").fail(fmt::format("the present run's seed {}", present.seed));
    if (position.at("next_epoch").unsigned_integer() != present.epochs.size())
        position.at("next_epoch").fail(fmt::format("the {} of the present run", present.epochs.size()));
    return position.at("optimizer_steps").unsigned_integer();
}

void read_present(const JsonCursor& file, bool of_one, const DatasetFacts& dataset, CheckpointFacts& facts) {
    const auto add = [&](const JsonCursor& run, const JsonCursor& position) {
        facts.runs.present.push_back(read_run(run, dataset));
        facts.optimizer_steps.push_back(read_position(position, facts.runs.present.back()));
    };
    const JsonCursor present = file.at("present");
    const JsonCursor position = file.at("position");
    if (of_one) {
        if (present.is_null() != position.is_null())
            position.fail("null without a present run, and only then");
        if (!present.is_null()) add(present, position);
        return;
    }
    const std::vector<JsonCursor> runs = present.elements();
    const std::vector<JsonCursor> positions = position.elements();
    if (runs.size() != positions.size())
        position.fail(fmt::format("{} elements, as many as present runs", runs.size()));
    for (std::size_t r = 0; r < runs.size(); ++r) add(runs[r], positions[r]);
}

const json* member(const json& object, const std::string& key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

// A value as it stands in a message: short, and whatever bytes it has.
std::string shown(const json* value) {
    constexpr std::size_t kLongest = 60;
    if (value == nullptr) return "not there";
    std::string text = value->dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
    return text;
}

// Keys of both, each once, in their order.
std::vector<std::string> keys_of(const json* a, const json* b) {
    json all = json::object();
    for (const json* const object : {a, b}) {
        if (object == nullptr || !object->is_object()) continue;
        for (const auto& [key, value] : object->items()) all[key] = nullptr;
    }
    std::vector<std::string> keys;
    for (const auto& [key, value] : all.items()) keys.push_back(key);
    return keys;
}

}  // namespace

std::string checkpoint_json(const CheckpointHead& head, const RunsSoFar& runs,
                            std::span<const std::uint64_t> optimizer_steps, const std::string& saved) {
    ordered_json finished = ordered_json::array();
    for (const RunRecord& run : runs.finished) finished.push_back(run_json(run, std::nullopt));
    ordered_json present = ordered_json::array();
    ordered_json position = ordered_json::array();
    for (std::size_t r = 0; r < runs.present.size(); ++r) {
        present.push_back(run_json(runs.present[r], std::nullopt));
        position.push_back(position_json(runs.present[r], optimizer_steps[r]));
    }
    ordered_json root{{"schema", kSchema},
                      {"created", head.created},
                      {"saved", saved},
                      {"conditions", head.conditions},
                      {"settings", head.settings},
                      {"resumed", JsonWriter::written(head.resumed)},
                      {"process", JsonWriter::written(head.process)},
                      {"finished", std::move(finished)},
                      {"present", std::move(present)},
                      {"position", std::move(position)}};
    return root.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

CheckpointFacts parse_checkpoint_json(const std::string& text, const std::string& where) {
    require_result_size(text, where);
    const json root = parse_json(text, where, kMaxResultDepth);
    const JsonCursor file(root, where);
    const JsonCursor schema = file.at("schema");
    const bool of_one = schema.string() == kSchemaOfOne;
    if (!of_one && schema.string() != kSchema)
        schema.fail(fmt::format("\"{}\"", kSchema),
                    "Another version of this program wrote it: resume with that");
    DatasetFacts dataset;
    JsonReader(file.at("conditions"))("dataset", dataset);
    CheckpointFacts facts;
    facts.head = {.created = file.at("created").string(),
                  .conditions = root.at("conditions"),
                  .settings = file.at("settings").string(),
                  .resumed = {}};
    const JsonReader reader(file);
    reader("resumed", facts.head.resumed);
    reader.newer("process", facts.head.process);
    for (const JsonCursor& object : file.at("finished").elements())
        facts.runs.finished.push_back(read_run(object, dataset));
    read_present(file, of_one, dataset, facts);
    return facts;
}

std::vector<std::string> differences(const json& stored, const json& here) {
    std::vector<std::string> found;
    for (const std::string& section : keys_of(&stored, &here)) {
        const json* const theirs = member(stored, section);
        const json* const ours = member(here, section);
        const auto compare = [&](const std::string& name, const json* a, const json* b) {
            if ((a == nullptr) != (b == nullptr) || (a != nullptr && *a != *b))
                found.push_back(
                    fmt::format("{} is {} in the checkpoint and {} here", name, shown(a), shown(b)));
        };
        const bool sections =
            theirs != nullptr && ours != nullptr && theirs->is_object() && ours->is_object();
        if (!sections) {
            compare(section, theirs, ours);
            continue;
        }
        for (const std::string& key : keys_of(theirs, ours))
            compare(fmt::format("{}.{}", section, key), member(*theirs, key), member(*ours, key));
    }
    return found;
}

}  // namespace mnist
