// Model files: initial weights, the checksum, what is written and what is read back. What is refused is in
// model_file_refusal_test.cpp.
#include "mnist/models/model_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "models/model_file_bytes.hpp"

namespace {

namespace fs = std::filesystem;
using mnist::entry;
using mnist::file_of;
using mnist::kBias;
using mnist::kWeight;
using mnist::ModelParameters;
using mnist::TemporaryFolder;

bool same_bits(const ModelParameters& a, const ModelParameters& b) {
    return a.dims() == b.dims() && mnist::weights_sha256(a) == mnist::weights_sha256(b);
}

ModelParameters saved_and_loaded(const ModelParameters& model) {
    const TemporaryFolder folder;
    mnist::save_model(model, folder.path() / "m.safetensors", false);
    return mnist::load_model(folder.path() / "m.safetensors");
}

}  // namespace

TEST_CASE("model: initial weights are uniform in +-1/sqrt(in), other numbers in every layer") {
    const ModelParameters model = mnist::initial_parameters({400, 300, 10}, 5);
    REQUIRE(model.layers.size() == 2);
    for (const mnist::LayerParameters& layer : model.layers) {
        REQUIRE(layer.weight.size() == layer.in * layer.out);
        REQUIRE(layer.bias.size() == layer.out);
        const double bound = 1.0 / std::sqrt(static_cast<double>(layer.in));
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (const float value : layer.weight) {
            sum += value;
            squares += static_cast<double>(value) * value;
            largest = std::max(largest, std::abs(static_cast<double>(value)));
        }
        const auto n = static_cast<double>(layer.weight.size());
        const double sigma = bound / std::sqrt(3.0);
        CHECK(std::abs(sum / n) < 5 * sigma / std::sqrt(n));
        CHECK(std::sqrt(squares / n) == Approx(sigma).epsilon(0.03));
        CHECK(largest <= bound * (1 + 1e-7));
        CHECK(largest > 0.99 * bound);
        for (const float value : layer.bias)
            CHECK(std::abs(static_cast<double>(value)) <= bound * (1 + 1e-7));
    }
    CHECK(model.layers[0].weight[0] * 20.0F != model.layers[1].weight[0] * std::sqrt(300.0F));
}

TEST_CASE("model: initial weights are the same bits everywhere for the same seed") {
    const std::string hash = mnist::weights_sha256(mnist::initial_parameters({784, 128, 64, 10}, 0));
    CHECK(hash == "b1702dd683a3ee280c97b6ff6059ff7c19c1b8a671842707a55f24ef11b8ffd2");
    CHECK(mnist::weights_sha256(mnist::initial_parameters({784, 128, 64, 10}, 1)) != hash);
}

TEST_CASE("model: impossible extents are refused") {
    CHECK_THROWS_AS(mnist::initial_parameters({}, 0), mnist::ShapeError);
    CHECK_THROWS_AS(mnist::initial_parameters({784}, 0), mnist::ShapeError);
    CHECK_THROWS_AS(mnist::initial_parameters({784, 0, 10}, 0), mnist::ShapeError);
    const std::size_t huge = std::numeric_limits<std::size_t>::max() / 2;
    CHECK_THROWS_AS(mnist::initial_parameters({huge, huge}, 0), mnist::ShapeError);
}

TEST_CASE("model: the checksum covers weights and biases in PyTorch's order, little-endian") {
    ModelParameters model;
    model.layers.push_back({.in = 1, .out = 2, .weight = {1.0F, 2.0F}, .bias = {3.0F, 4.0F}});
    model.layers.push_back({.in = 2, .out = 1, .weight = {5.0F, 6.0F}, .bias = {7.0F}});
    const std::vector<float> in_order{1, 2, 3, 4, 5, 6, 7};
    CHECK(mnist::weights_sha256(model) == mnist::sha256_hex(std::as_bytes(std::span(in_order))));
}

TEST_CASE("model: vectors that do not fit the extents are refused") {
    ModelParameters model = mnist::initial_parameters({4, 3, 2}, 0);
    CHECK(model.dims() == std::vector<std::size_t>{4, 3, 2});
    model.layers[1].weight.pop_back();
    CHECK_THROWS_AS(mnist::weights_sha256(model), mnist::ShapeError);
    model = mnist::initial_parameters({4, 3, 2}, 0);
    model.layers[1].bias.push_back(0.0F);
    CHECK_THROWS_AS(mnist::weights_sha256(model), mnist::ShapeError);
    model = mnist::initial_parameters({4, 3, 2}, 0);
    model.layers.erase(model.layers.begin());
    model.layers.push_back(model.layers.front());
    CHECK_THROWS_AS(mnist::weights_sha256(model), mnist::ShapeError);
}

TEST_CASE("model: what is saved is loaded again, bit for bit, for awkward extents") {
    for (const std::vector<std::size_t>& dims :
         {std::vector<std::size_t>{784, 128, 64, 10}, {1, 1}, {7, 3, 5}, {17, 1, 1, 1, 2}}) {
        const ModelParameters model = mnist::initial_parameters(dims, 3);
        CHECK(same_bits(saved_and_loaded(model), model));
    }
    const ModelParameters deep =
        mnist::initial_parameters(std::vector<std::size_t>(13, 2), 3);  // fc10 sorts before fc2
    CHECK(same_bits(saved_and_loaded(deep), deep));
}

TEST_CASE(
    "model: a saved file is laid out as safetensors, PyTorch's names and shapes, data aligned to 8 bytes") {
    const TemporaryFolder folder;
    const ModelParameters model = mnist::initial_parameters({3, 2}, 0);
    mnist::save_model(model, folder.path() / "m.safetensors", false);
    const std::string content = mnist::read_file(folder.path() / "m.safetensors", 4096);
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), sizeof(length));
    CHECK(length % 8 == 0);
    REQUIRE(content.size() == 8 + length + 32);
    const std::string json =
        R"({"__metadata__":{"format":"pt","mnist.normalisation.mean":"0.5","mnist.normalisation.std":"0.5"},)" +
        kWeight + "," + kBias + "}";
    CHECK(content.substr(8, json.size()) == json);
    CHECK(content.substr(8 + json.size(), length - json.size()).find_first_not_of(' ') == std::string::npos);
    const auto bytes_of = [](const auto& values) {
        return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    };
    const mnist::LayerParameters& layer = model.layers[0];
    CHECK(content.substr(8 + length) == bytes_of(layer.weight) + bytes_of(layer.bias));
}

TEST_CASE("model: an existing file is replaced only when asked for") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    const ModelParameters first = mnist::initial_parameters({3, 2}, 0);
    const ModelParameters second = mnist::initial_parameters({3, 2}, 1);
    mnist::save_model(first, path, false);
    CHECK_THROWS_AS(mnist::save_model(second, path, false), mnist::InputError);
    CHECK(same_bits(mnist::load_model(path), first));
    mnist::save_model(second, path, true);
    CHECK(same_bits(mnist::load_model(path), second));
}

TEST_CASE("model: texts beside the weights are kept, whatever they hold") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    const ModelParameters model = mnist::initial_parameters({3, 2}, 0);
    mnist::save_model(model, path, false, {{mnist::kInterruptedKey, "after \"3\" of 25"}});
    CHECK(mnist::load_metadata(path) == mnist::ModelMetadata{{"format", "pt"},
                                                             {"mnist.interrupted", "after \"3\" of 25"},
                                                             {"mnist.normalisation.mean", "0.5"},
                                                             {"mnist.normalisation.std", "0.5"}});
    CHECK(same_bits(mnist::load_model(path), model));
}

TEST_CASE("model: tensors may lie in any order, with any metadata and padding") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    const std::vector<float> data{10, 20, 1, 2, 3, 4, 5, 6};
    const std::string header = "{" + entry("fc1.weight", "[2,3]", "[8,32]") +
                               R"(, "__metadata__": {"format":"pt","note":"\u00e9"}, )" +
                               entry("fc1.bias", "[2]", "[0,8]") + "}  \n ";
    std::string content = file_of(header, 32);
    std::memcpy(content.data() + content.size() - 32, data.data(), 32);
    mnist::write_file_atomically(path, content, mnist::IfExists::fail);
    const ModelParameters model = mnist::load_model(path);
    REQUIRE(model.dims() == std::vector<std::size_t>{3, 2});
    CHECK(std::equal(model.layers[0].weight.begin(), model.layers[0].weight.end(), data.begin() + 2));
    CHECK(model.layers[0].bias[1] == 20.0F);
}
