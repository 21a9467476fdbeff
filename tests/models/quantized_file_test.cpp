// Files of quantised models: what is written is read back, and what is wrong with others is said.
#include "mnist/models/quantized_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/models/normalisation.hpp"
#include "models/model_file_bytes.hpp"

namespace mnist {
namespace {

// Extents {4, 3, 2}, and no number twice in a layer, so that none can take another's place.
QuantizedModel two_layers() {
    return {{{.in = 4,
              .out = 3,
              .weight = {-63, 1, 2, 3, 4, -5, 6, 7, 8, 9, 10, 63},
              .scale = {0.5F, 0.25F, 0.125F},
              .bias = {-1.5F, 2.5F, 3.5F},
              .input_scale = 2.0F / 255},
             {.in = 3,
              .out = 2,
              .weight = {1, -2, 3, 4, 5, 6},
              .scale = {0.75F, 0.0625F},
              .bias = {0, -7},
              .input_scale = 0.02F}}};
}

// What is wrong with a file of these tensors, 28 bytes of data, all zero but the first.
std::string refused(const std::vector<std::string>& entries, char first_byte = '\0') {
    const TemporaryFolder folder;
    std::string header = "{";
    for (const std::string& one : entries) header += (header.size() > 1 ? "," : "") + one;
    header += "}";
    const bool all = header.find("input_scale") != std::string::npos;
    std::string content = file_of(header, all ? 28 : 24);
    content[8 + header.size()] = first_byte;
    const auto path = folder.path() / "q.safetensors";
    write_file_atomically(path, content, IfExists::fail);
    try {
        static_cast<void>(load_quantized(path));
    } catch (const InputError& error) {
        return error.fault().expected + ", found " + error.fault().found;
    }
    return "accepted";
}

}  // namespace

TEST_CASE("quantised files: what is written is read back, and told from f32") {
    const TemporaryFolder folder;
    const QuantizedModel quantized = two_layers();
    const auto path = folder.path() / "q.safetensors";
    save_quantized(quantized, path, {{"note", "hello"}});
    CHECK(is_quantized(path));
    const QuantizedModel read = load_quantized(path);
    CHECK(weights_sha256(read) == weights_sha256(quantized));
    CHECK(read.dims() == std::vector<std::size_t>{4, 3, 2});
    CHECK(load_metadata(path).at("note") == "hello");
    CHECK_THROWS_AS(save_quantized(quantized, path), InputError);
    try {
        static_cast<void>(load_model(path));
        FAIL("a quantised model was read as one in f32");
    } catch (const InputError& error) {
        CHECK(error.fault().expected == "a model in f32");
    }
    save_model(initial_parameters({4, 3, 2}, 1), folder.path() / "f.safetensors", false);
    CHECK_FALSE(is_quantized(folder.path() / "f.safetensors"));
    CHECK_THROWS_AS(load_quantized(folder.path() / "f.safetensors"), InputError);
}

TEST_CASE("quantised files: what does not fit together is refused with its place") {
    const std::string weight = entry("fc1.weight", "[2,3]", "[0,6]", "I8");
    const std::string scale = entry("fc1.weight_scale", "[2]", "[8,16]");
    const std::string bias = entry("fc1.bias", "[2]", "[16,24]");
    const std::string input = entry("fc1.input_scale", "[1]", "[24,28]");
    const std::string gap = entry("fc1.weight", "[2,4]", "[0,8]", "I8");
    CHECK(refused({weight, scale, bias, input}).find("fc1.weight_scale") != std::string::npos);
    CHECK(refused({gap, scale, bias, input}) == "scales above 0 in \"fc1.weight_scale\", found 0");
    CHECK(refused({gap, scale, bias}).starts_with("a tensor \"fc1.input_scale\""));
    CHECK(refused({entry("fc1.weight", "[4,2]", "[0,8]", "I8"), scale, bias, input}) ==
          "\"fc1.weight_scale\" with 4 values, found 2");
    CHECK(refused({entry("fc1.weight", "[2,1]", "[0,8]"), scale, bias, input}) ==
          "\"fc1.weight\" as I8, found \"F32\"");
    CHECK(refused({gap, scale, bias, entry("fc1.input_scale", "[1]", "[24,28]", "I8")}) ==
          "\"fc1.input_scale\" as F32, found \"I8\"");
    // Seven bits: -128 would break the sums of some CPUs.
    CHECK(refused({gap, scale, bias, input}, '\x80') ==
          "weights from -63 to 63 in \"fc1.weight\", found -128");
}

TEST_CASE("quantised files: a model has its normalisation in its weights and names none") {
    const TemporaryFolder folder;
    save_quantized(two_layers(), folder.path() / "q",
                   {{"note", "kept"}, {kMeanKey, "0.1"}, {kStdKey, "0.3"}});
    CHECK(load_metadata(folder.path() / "q") == ModelMetadata{{"format", "pt"}, {"note", "kept"}});
}

}  // namespace mnist
