// Models by the names that PyTorch's own tools give their layers, and what of that is unclear.
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/models/model_file.hpp"
#include "models/model_file_bytes.hpp"

namespace {

// A model of one unit a layer: biases 0, 1, 2, ... in the order of `layers`.
std::string model_of(const std::vector<std::string>& layers) {
    std::string header = "{";
    std::string data;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const std::size_t at = data.size();
        const std::string sixteen = "[" + std::to_string(at) + "," + std::to_string(at + 4) + "]";
        const std::string eight = "[" + std::to_string(at + 4) + "," + std::to_string(at + 8) + "]";
        header += (l == 0 ? "" : ",") + mnist::entry(layers[l] + ".weight", "[1,1]", sixteen) + "," +
                  mnist::entry(layers[l] + ".bias", "[1]", eight);
        const auto bias = static_cast<float>(l);
        data += std::string(4, '\0') + std::string(reinterpret_cast<const char*>(&bias), sizeof(bias));
    }
    header += "}";
    return mnist::length_bytes(header.size()) + header + data;
}

mnist::ModelParameters loaded(const std::string& content) {
    const mnist::TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "m.safetensors";
    mnist::write_file_atomically(path, content, mnist::IfExists::fail);
    return mnist::load_model(path);
}

// Whether the layers come in the order in which they are listed.
bool in_this_order(const std::vector<std::string>& layers) {
    const mnist::ModelParameters model = loaded(model_of(layers));
    bool right = model.layers.size() == layers.size();
    for (std::size_t l = 0; right && l < layers.size(); ++l)
        right = model.layers[l].bias[0] == static_cast<float>(l);
    return right;
}

mnist::InputFault refused_names(const std::vector<std::string>& layers) {
    try {
        static_cast<void>(loaded(model_of(layers)));
    } catch (const mnist::InputError& error) {
        return error.fault();
    }
    FAIL("the names were accepted");
    return {};
}

}  // namespace

TEST_CASE("layer names: what DataParallel and torch.compile put before them makes no difference") {
    CHECK(in_this_order({"fc1", "fc2", "fc3"}));
    CHECK(in_this_order({"module.fc1", "module.fc2"}));
    CHECK(in_this_order({"_orig_mod.fc1", "_orig_mod.fc2"}));
    CHECK(in_this_order({"model.fc1", "model.fc2"}));
    CHECK(in_this_order({"_orig_mod.module.net.linear1", "_orig_mod.module.net.linear2"}));
    CHECK(in_this_order({"fc0", "fc1"}));
}

TEST_CASE("layer names: the layers of a Sequential and of a ModuleList come by their numbers") {
    CHECK(in_this_order({"0", "2", "4"}));
    CHECK(in_this_order({"1", "4", "7"}));  // behind a Flatten, with ReLU and Dropout between
    CHECK(in_this_order({"net.0", "net.2", "net.5"}));
    CHECK(in_this_order({"layers.0", "layers.1", "layers.2"}));
    CHECK(in_this_order({"module.layers.0.linear", "module.layers.1.linear"}));
    // By the number, not by the letters.
    CHECK(in_this_order({"layers.0", "layers.2", "layers.10"}));
    CHECK(in_this_order({"fc1", "fc2", "fc3", "fc4", "fc5", "fc6", "fc7", "fc8", "fc9", "fc10"}));
}

TEST_CASE("layer names: a single layer may be called anything") {
    CHECK(in_this_order({"linear"}));
    CHECK(in_this_order({"module.classifier.1"}));
}

TEST_CASE("layer names: a layer that is missing is named") {
    CHECK(refused_names({"fc1", "fc3"}).expected == "a layer \"fc2\"");
    CHECK(refused_names({"fc1", "fc3"}).found == "\"fc1\", \"fc3\"");
    CHECK(refused_names({"module.fc2", "module.fc3"}).expected == "a layer \"module.fc1\"");
}

TEST_CASE("layer names: two networks in one file and words without an order are refused with what is there") {
    const std::string expected =
        "layers of one network, whose names differ in a single number (fc1 and fc2, net.0 and net.2)";
    const mnist::InputFault two = refused_names({"model.fc1", "model.fc2", "ema.fc1", "ema.fc2"});
    CHECK(two.expected == expected);
    CHECK(two.found == R"("ema.fc1", "ema.fc2", "model.fc1", "model.fc2")");
    for (const std::vector<std::string>& names : {std::vector<std::string>{"fc1", "fc2", "out"},
                                                  {"fc1", "module.fc1"},
                                                  {"0.fc0", "0.fc1", "1.fc0", "1.fc1"},
                                                  {"fc1", "fc01"},
                                                  {"fc1", "fc99999999999999999999"},
                                                  {"hidden", "output"}})
        CHECK(refused_names(names).expected == expected);
}

TEST_CASE("layer names: linear layers with nothing between them are refused, as a ReLU would be computed") {
    for (const std::vector<std::string>& names :
         {std::vector<std::string>{"0", "1"}, {"net.0", "net.2", "net.3"}, {"net.1", "net.2"}})
        CHECK(refused_names(names).expected ==
              "an activation between any two layers, so that their numbers are two or more apart");
}

TEST_CASE("layer names: many layers are listed in part, and without control characters") {
    std::vector<std::string> names;
    names.reserve(9);
    for (int i = 0; i < 9; ++i) names.push_back(std::string(1, static_cast<char>('a' + i)) + "\\u0007");
    const std::string found = refused_names(names).found;
    CHECK(found.find("\"a\\u0007\", ") == 0);
    CHECK(found.find("and 3 more") != std::string::npos);
    CHECK(found.find('\a') == std::string::npos);
}
