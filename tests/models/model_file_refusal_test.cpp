// Every way in which a model file can be wrong, and the exact parts of the error that says so.
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/models/model_file.hpp"
#include "models/model_file_bytes.hpp"

namespace {

namespace fs = std::filesystem;
using mnist::entry;
using mnist::file_of;
using mnist::kBias;
using mnist::kWeight;
using mnist::length_bytes;
using mnist::TemporaryFolder;

mnist::InputFault fault_of(const std::string& content) {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    mnist::write_file_atomically(path, content, mnist::IfExists::fail);
    try {
        static_cast<void>(mnist::load_model(path));
    } catch (const mnist::InputError& error) {
        CHECK(error.fault().where == path.string());
        return error.fault();
    }
    FAIL("the file was accepted");
    return {};
}

// The whole message.
std::string refusal_of(const fs::path& path,
                       const std::optional<std::vector<std::size_t>>& dims = std::nullopt) {
    try {
        static_cast<void>(mnist::load_model(path, dims));
    } catch (const mnist::InputError& error) {
        return error.what();
    }
    return "accepted";
}

// A header without the outer braces, in front of 32 bytes of data.
mnist::InputFault fault_of_entries(const std::string& entries) {
    return fault_of(file_of("{" + entries + "}", 32));
}

}  // namespace

TEST_CASE("model: other extents than expected are refused") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    mnist::save_model(mnist::initial_parameters({5, 4, 3}, 0), path, false);
    CHECK(mnist::load_model(path, std::vector<std::size_t>{5, 4, 3}).dims().size() == 3);
    CHECK(refusal_of(path, std::vector<std::size_t>{5, 2, 3}).find("expected a network 5-2-3, found 5-4-3") !=
          std::string::npos);
}

TEST_CASE("model: what is no readable file is refused") {
    const TemporaryFolder folder;
    CHECK(refusal_of(folder.path() / "none").find("No such file or directory") != std::string::npos);
    CHECK(refusal_of(folder.path()).find("found a folder") != std::string::npos);
    CHECK(refusal_of("/dev/zero").find("found no regular file") != std::string::npos);
}

TEST_CASE("model: a header length that the file does not hold is refused before anything is allocated") {
    CHECK(fault_of("").found == "0 bytes");
    CHECK(fault_of("1234567").found == "7 bytes");
    CHECK(fault_of(length_bytes(0)).found == "nothing");
    const mnist::InputFault beyond = fault_of(length_bytes(3) + "{}");
    CHECK(beyond.offset == 0);
    CHECK(beyond.expected == "a header length of at most 2 bytes");
    CHECK(beyond.found == "3");
    CHECK(fault_of(length_bytes(std::numeric_limits<std::uint64_t>::max()) + "{}").found ==
          "18446744073709551615");
}

TEST_CASE("model: a header above the format's limit is refused even where the file is that long") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "m.safetensors";
    mnist::write_file_atomically(path, length_bytes(100'000'001) + "{", mnist::IfExists::fail);
    fs::resize_file(path, 200'000'000);  // sparse: takes no room
    CHECK(refusal_of(path).find("at most 100000000 bytes, found 100000001") != std::string::npos);
}

TEST_CASE("model: malformed JSON is refused with the byte where it breaks") {
    const mnist::InputFault fault = fault_of(file_of(R"({"fc1.weight":})", 0));
    CHECK(fault.offset == 8 + 14);
    CHECK(fault.found == "malformed JSON");
    CHECK(fault_of(file_of("{", 0)).found == "malformed JSON");
    CHECK(fault_of(file_of("{} {}", 0)).found == "malformed JSON");
    CHECK(fault_of(file_of(std::string("{}\0\0", 4), 0)).offset == 8 + 2);
    CHECK(fault_of(file_of("{\"\xff\":1}", 0)).found == "malformed JSON");
    CHECK(fault_of(file_of("[]", 0)).expected == "a JSON header that starts with {");
    CHECK(fault_of(file_of(" {}", 0)).found == "\" \"");
}

TEST_CASE("model: a key that stands twice is refused") {
    CHECK(fault_of_entries(kWeight + "," + kWeight + "," + kBias).found == "\"fc1.weight\" twice");
    CHECK(fault_of_entries(R"("a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,0]})").found ==
          "\"dtype\" twice");
    CHECK(fault_of_entries(R"("__metadata__":{},"__metadata__":{},)" + kWeight).found ==
          "\"__metadata__\" twice");
    CHECK(fault_of_entries(R"("__metadata__":{"a":"","a":""},)" + kWeight).found == "\"a\" twice");
}

TEST_CASE("model: deep nesting is refused at its first bracket") {
    const std::string brackets(5'000'000, '[');
    CHECK(fault_of(file_of("{\"a\":" + brackets, 0)).found == "an array");
    CHECK(fault_of_entries(R"("a":{"dtype":"F32","shape":)" + brackets).found == "an array");
    CHECK(fault_of_entries(R"("a":{"dtype":"F32","shape":{}})").found == "an object");
    CHECK(fault_of_entries(R"("__metadata__":{"a":{"b":"c"}})").found == "an object");
}

TEST_CASE("model: values of another kind than the format's are refused") {
    CHECK(fault_of_entries(R"("fc1.weight":null)").found == "null");
    CHECK(fault_of_entries(R"("fc1.weight":"text")").expected == "an object for \"fc1.weight\"");
    CHECK(fault_of_entries(R"("fc1.weight":{"dtype":1})").found == "1");
    CHECK(fault_of_entries(R"("fc1.weight":{"dtype":true})").found == "true or false");
    CHECK(fault_of_entries(R"("fc1.weight":{"shape":"2"})").found == "\"2\"");
    CHECK(fault_of_entries(R"("__metadata__":{"a":1})").expected == "texts in \"__metadata__\"");
    CHECK(fault_of_entries(entry("fc1.weight", "[-2,3]", "[0,24]")).found == "-2");
    CHECK(fault_of_entries(entry("fc1.weight", "[2.0,3]", "[0,24]")).found == "\"2.0\"");
    CHECK(fault_of_entries(entry("fc1.weight", "[2,3]", "[0,1e3]")).found == "\"1e3\"");
    CHECK(fault_of_entries(entry("fc1.weight", "[99999999999999999999]", "[0,24]")).found ==
          "\"99999999999999999999\"");
}

TEST_CASE("model: an entry with a key too many or too few is refused") {
    CHECK(fault_of_entries(R"("a":{"shape":[],"data_offsets":[0,0]})").expected ==
          "the key \"dtype\" in tensor \"a\"");
    CHECK(fault_of_entries(R"("a":{"dtype":"F32","data_offsets":[0,0]})").expected ==
          "the key \"shape\" in tensor \"a\"");
    CHECK(fault_of_entries(R"("a":{"dtype":"F32","shape":[]})").expected ==
          "the key \"data_offsets\" in tensor \"a\"");
    CHECK(fault_of_entries(R"("a":{"stride":[1]})").found == "the key \"stride\"");
    CHECK(fault_of_entries(entry("a", "[1]", "[0]")).found == "1");
    CHECK(fault_of_entries(entry("a", "[1]", "[0,4,8]")).found == "8");
}

TEST_CASE("model: offsets that overlap, leave a gap or lie outside the data are refused") {
    const auto with_bias_at = [](const std::string& offsets) {
        return fault_of_entries(kWeight + "," + entry("fc1.bias", "[2]", offsets));
    };
    const mnist::InputFault overlap = with_bias_at("[20,32]");
    CHECK(overlap.expected ==
          "tensor \"fc1.bias\" to begin at 24, where \"fc1.weight\" with data_offsets [0, 24] ends");
    CHECK(overlap.found == "data_offsets [20, 32]");
    CHECK(overlap.remedy == "The two overlap: one of their data_offsets is wrong");
    const std::string header = "{" + kWeight + "," + entry("fc1.bias", "[2]", "[20,32]") + "}";
    CHECK(overlap.offset == 8 + header.size() + 24);
    CHECK(with_bias_at("[28,32]").expected ==
          "tensor \"fc1.bias\" to begin at 24, where \"fc1.weight\" with data_offsets [0, 24] ends");
    CHECK(with_bias_at("[28,32]").remedy ==
          "One of their data_offsets is wrong, or a tensor between them is not in the header");
    CHECK(fault_of_entries(entry("fc1.weight", "[2,3]", "[8,32]")).expected ==
          "tensor \"fc1.weight\" to begin at 0, the start of the data");
    CHECK(with_bias_at("[24,36]").expected == "tensor \"fc1.bias\" within the 32 bytes of data");
    CHECK(with_bias_at("[24,18446744073709551615]").remedy == "The file is truncated or damaged");
    CHECK(with_bias_at("[32,24]").expected == "tensor \"fc1.bias\" to end behind its begin");
    CHECK(with_bias_at("[24,28]").found == "4 bytes that belong to no tensor");
    CHECK(fault_of(file_of("{" + kWeight + "," + kBias + "}", 31)).expected ==
          "tensor \"fc1.bias\" within the 31 bytes of data");
    CHECK(fault_of(file_of("{" + kWeight + "," + kBias + "}", 33)).found ==
          "1 bytes that belong to no tensor");
}

TEST_CASE("model: a shape that does not give the size of its data is refused, overflow included") {
    const auto with_weight_shape = [](const std::string& shape) {
        return fault_of_entries(entry("fc1.weight", shape, "[0,24]") + "," + kBias);
    };
    CHECK(with_weight_shape("[2,4]").found == "shape [2, 4], which is 32 bytes");
    CHECK(with_weight_shape("[4611686018427387904,6]").found ==
          "shape [4611686018427387904, 6], which overflows");
    CHECK(with_weight_shape("[4294967296,4294967296]").found ==
          "shape [4294967296, 4294967296], which overflows");
    CHECK(with_weight_shape("[6]").expected == "\"fc1.weight\" with 2 extents");
    CHECK(with_weight_shape("[2,3,1]").found == "shape [2, 3, 1]");
    CHECK(fault_of_entries(entry("fc1.weight", "[0,3]", "[0,0]") + "," + entry("fc1.bias", "[8]", "[0,32]"))
              .expected == "\"fc1.weight\" with extents from 1 up");
}

TEST_CASE("model: another dtype than F32 is refused by its name") {
    for (const std::string dtype : {"F16", "BF16", "F64", "I32", "f32", ""}) {
        const mnist::InputFault fault =
            fault_of_entries(entry("fc1.weight", "[2,3]", "[0,24]", dtype) + "," + kBias);
        CHECK(fault.expected == "\"fc1.weight\" as F32");
        CHECK(fault.found == "\"" + dtype + "\"");
    }
}

TEST_CASE("model: a missing tensor is named, with what there is") {
    const mnist::InputFault other = fault_of_entries(entry("net.0.weight", "[2,4]", "[0,32]"));
    CHECK(other.expected == "a tensor \"net.0.bias\"");
    CHECK(other.found == "\"net.0.weight\"");
    CHECK(fault_of_entries(entry("fc1.weight", "[2,4]", "[0,32]")).expected == "a tensor \"fc1.bias\"");
    CHECK(fault_of(file_of("{}", 0)).found == "no tensors");
    CHECK(fault_of(file_of(R"({"__metadata__":{}})", 0)).expected == "a tensor \"fc1.weight\"");
}

TEST_CASE("model: a tensor that is no part of a layer is refused by its name") {
    const std::string small =
        entry("fc1.weight", "[1,5]", "[0,20]") + "," + entry("fc1.bias", "[1]", "[20,24]");
    const mnist::InputFault extra = fault_of_entries(small + "," + entry("extra", "[2]", "[24,32]"));
    CHECK(extra.expected == "only LAYER.weight and LAYER.bias for each layer");
    CHECK(extra.found == "\"extra\"");
    CHECK(fault_of_entries(small + "," + entry("bn.running_mean", "[2]", "[24,32]")).found ==
          "\"bn.running_mean\"");
}

TEST_CASE("model: a name from a file cannot smuggle control characters or endless text into a message") {
    std::string name(500, 'x');
    name.insert(0, "\\u001b[31m");
    const mnist::InputFault fault = fault_of_entries(entry(name, "[8]", "[0,32]"));
    CHECK(fault.found.find('\x1b') == std::string::npos);
    CHECK(fault.found.size() < 100);
}

TEST_CASE("model: layers that do not chain and biases that do not fit are refused") {
    const std::string first =
        entry("fc1.weight", "[1,3]", "[0,12]") + "," + entry("fc1.bias", "[1]", "[12,16]");
    const mnist::InputFault chain = fault_of_entries(first + "," + entry("fc2.weight", "[1,3]", "[16,28]") +
                                                     "," + entry("fc2.bias", "[1]", "[28,32]"));
    CHECK(chain.expected == "\"fc2.weight\" with the 1 inputs that the layer before gives");
    CHECK(chain.found == "3");
    CHECK(fault_of_entries(entry("fc1.weight", "[1,5]", "[0,20]") + "," + entry("fc1.bias", "[3]", "[20,32]"))
              .expected == "\"fc1.bias\" with the 1 outputs of \"fc1.weight\"");
}

TEST_CASE("model: NaN and infinite values are refused with their place") {
    const std::string header = "{" + kWeight + "," + kBias + "}";
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity()}) {
        std::string content = file_of(header, 32);
        const std::size_t offset = content.size() - 12;  // the last of the weights
        std::memcpy(content.data() + offset, &value, sizeof(value));
        const mnist::InputFault fault = fault_of(content);
        CHECK(fault.offset == offset);
        CHECK(fault.expected == "finite values in \"fc1.weight\"");
        CHECK(fault.found == (std::isnan(value) ? "NaN" : "infinity"));
    }
}
