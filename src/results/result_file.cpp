// Which reader a file is for. The error for a file of neither kind shows what the file has, so that its giver
// recognises which one it is.
#include "mnist/results/result_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench_rows.hpp"
#include "json_cursor.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

using nlohmann::json;

/// The first keys of an object, shortened; of everything else what the cursor says.
std::string keys_or_type(const json& root) {
    constexpr std::size_t kMostKeys = 5;
    if (!root.is_object() || root.empty()) return described(root);
    std::string keys;
    std::size_t count = 0;
    for (const auto& [key, value] : root.items()) {
        if (++count > kMostKeys) break;
        keys += (count == 1 ? "" : ", ") + described(key);
    }
    return fmt::format("an object with {}{}", keys, root.size() > kMostKeys ? " and more" : "");
}

}  // namespace

ResultKind result_kind(const json& root, const std::string& where) {
    if (looks_like_bench_json(root)) return ResultKind::bench;
    const json schema = root.is_object() && root.contains("schema") ? root.at("schema") : json();
    if (schema.is_string() && schema.get_ref<const std::string&>().starts_with("mnist-results/"))
        return ResultKind::train;
    throw InputError({.where = where,
                      .expected = "Google Benchmark's JSON or a file of `mnist train`",
                      .found = schema.is_null() ? keys_or_type(root) : "the schema " + described(schema),
                      .remedy = "Give a file that --benchmark_out=FILE or `mnist train --out FILE` wrote"});
}

ResultFile parse_result_file(const std::string& text, const std::string& where) {
    {
        ReadBench read = read_bench_rows(text, where);
        if (read.result) return *std::move(read.result);
        (void)result_kind(read.rest, where);
    }
    return parse_train_result(text, where);
}

ResultFile read_result_file(const std::filesystem::path& path) {
    return parse_result_file(read_file(path, kMaxResultBytes), path.string());
}

}  // namespace mnist
