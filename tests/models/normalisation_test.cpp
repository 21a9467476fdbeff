// Models that were trained on other pixels than ours: what the file or the user says, and that the network
// computes the same numbers afterwards.
#include "mnist/models/normalisation.hpp"

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "models/model_file_bytes.hpp"

using namespace mnist;

namespace {

constexpr Normalisation kTorch{.mean = 0.1307, .std = 0.3081};

// Outputs of one layer for pixels of 0 to 255 that it reads in this normalisation, in double.
std::vector<double> outputs(const LayerParameters& layer, const std::vector<int>& pixels,
                            const Normalisation& read) {
    std::vector<double> sums;
    for (std::size_t o = 0; o < layer.out; ++o) {
        double sum = layer.bias[o];
        for (std::size_t i = 0; i < layer.in; ++i)
            sum += layer.weight[o * layer.in + i] * (pixels[i] / 255.0 - read.mean) / read.std;
        sums.push_back(sum);
    }
    return sums;
}

struct Saved {
    TemporaryFolder folder;
    std::filesystem::path path = folder.path() / "m.safetensors";
    explicit Saved(const std::string& texts) {
        const std::string header = "{\"__metadata__\":{" + texts + "}," + kWeight + "," + kBias + "}";
        write_file_atomically(path, file_of(header, 32), IfExists::fail);
    }
};

InputFault refusal_for(const std::string& texts, const std::optional<Normalisation>& given = std::nullopt) {
    const Saved saved(texts);
    try {
        static_cast<void>(load_model(saved.path, std::nullopt, given));
    } catch (const InputError& error) {
        return error.fault();
    }
    FAIL("the file was accepted");
    return {};
}

std::string texts(const std::string& mean, const std::string& std) {
    return "\"mnist.normalisation.mean\":\"" + mean + "\",\"mnist.normalisation.std\":\"" + std + "\"";
}

}  // namespace

TEST_CASE("normalisation: a layer brought to ours gives the outputs that it was trained to give") {
    const LayerParameters layer = initial_parameters({6, 5}, 3).layers.front();
    const std::vector<int> pixels{0, 255, 33, 128, 0, 201};
    for (const Normalisation& read : {kTorch, Normalisation{0, 1}, Normalisation{0, 1 / 255.0}}) {
        const LayerParameters ours = with_our_pixels(layer, read);
        const std::vector<double> expected = outputs(layer, pixels, read);
        const std::vector<double> found = outputs(ours, pixels, Normalisation{});
        // Rounding is relative to what is summed, which is the larger the smaller std is.
        for (std::size_t o = 0; o < layer.out; ++o) CHECK(std::abs(found[o] - expected[o]) < 1e-6 / read.std);
    }
}

TEST_CASE("normalisation: in ours not a bit of a model changes, whoever says so") {
    const TemporaryFolder folder;
    const ModelParameters model = initial_parameters({6, 5, 4}, 1);
    save_model(model, folder.path() / "m", false);
    CHECK(stored_normalisation(load_metadata(folder.path() / "m"), "m") == Normalisation{});
    CHECK(weights_sha256(load_model(folder.path() / "m")) == weights_sha256(model));
    CHECK(weights_sha256(load_model(folder.path() / "m", std::nullopt, Normalisation{})) ==
          weights_sha256(model));
}

TEST_CASE("normalisation: the file's is read, and that of a file without one is its user's to say") {
    const TemporaryFolder folder;
    const ModelParameters model = initial_parameters({3, 2}, 1);
    save_model(model, folder.path() / "ours", false);
    std::string content = read_file(folder.path() / "ours", 1000);
    const auto replace = [&](const std::string& from, const std::string& to) {
        content.replace(content.find(from), from.size(), to);
    };
    // Keys of the same length, so that the header's length stays right.
    replace("mnist.normalisation.mean", "other.normalisation.mean");
    replace("mnist.normalisation.std", "other.normalisation.std");
    write_file_atomically(folder.path() / "foreign", content, IfExists::fail);
    CHECK_FALSE(stored_normalisation(load_metadata(folder.path() / "foreign"), "").has_value());
    CHECK(weights_sha256(load_model(folder.path() / "foreign")) == weights_sha256(model));
    ModelParameters expected = model;
    expected.layers[0] = with_our_pixels(model.layers[0], kTorch);
    CHECK(weights_sha256(expected) != weights_sha256(model));
    CHECK(weights_sha256(load_model(folder.path() / "foreign", std::nullopt, kTorch)) ==
          weights_sha256(expected));

    replace("other.normalisation.mean\":\"0.5\"", "mnist.normalisation.mean\":\"0.1\"");
    replace("other.normalisation.std\":\"0.5\"", "mnist.normalisation.std\":\"0.3\"");
    write_file_atomically(folder.path() / "says", content, IfExists::fail);
    expected.layers[0] = with_our_pixels(model.layers[0], {0.1, 0.3});
    CHECK(weights_sha256(load_model(folder.path() / "says")) == weights_sha256(expected));
    CHECK(weights_sha256(load_model(folder.path() / "says", std::nullopt, Normalisation{0.1, 0.3})) ==
          weights_sha256(expected));
}

TEST_CASE("normalisation: another one than the file's is refused with both") {
    const InputFault fault = refusal_for(texts("0.5", "0.5"), kTorch);
    CHECK(fault.expected == "no other normalisation than the file's, mean 0.5 and std 0.5");
    CHECK(fault.found == "mean 0.1307 and std 0.3081");
}

TEST_CASE("normalisation: what is no number within reason is refused") {
    CHECK(refusal_for(texts("33.3", "0.3")).expected ==
          "a number from -1 to 1 as \"mnist.normalisation.mean\" in \"__metadata__\"");
    CHECK(refusal_for(texts("33.3", "0.3")).found == "\"33.3\"");
    for (const std::string text : {"", "x", "0.3x", " 0.3", "nan", "inf", "0", "-0.3", "78.6", "0.0001"})
        CHECK(refusal_for(texts("0.5", text)).found == "\"" + text + "\"");
    CHECK(refusal_for("\"mnist.normalisation.std\":\"0.5\"").found == "one of them");
    CHECK(refusal_for("\"mnist.normalisation.mean\":\"0.5\"").found == "one of them");
}

TEST_CASE("normalisation: weights that overflow on the way to ours are refused") {
    const TemporaryFolder folder;
    ModelParameters model = initial_parameters({3, 2}, 1);
    model.layers[0].weight[4] = 3e38F;
    save_model(model, folder.path() / "m", false);
    std::string content = read_file(folder.path() / "m", 1000);
    const std::string key = "mnist.normalisation.std\":\"0.5\"";
    content.replace(content.find(key), key.size(), "mnist.normalisation.std\":\"0.1\"");
    write_file_atomically(folder.path() / "n", content, IfExists::fail);
    CHECK_NOTHROW(load_model(folder.path() / "m"));
    CHECK_THROWS_AS(load_model(folder.path() / "n"), InputError);
}
