// Models in ONNX: what was written is read back with ONNX's own library, passes its checker and its inference
// of shapes, and computes what the model computes.
#include "mnist/models/onnx_file.hpp"

#undef MAP_TYPE  // of <sys/mman.h>; ONNX has an enumerator of that name
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <cfloat>
#include <set>

#include "core/temporary_folder.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/models/normalisation.hpp"
#include "models/onnx_graph.hpp"

namespace mnist {
namespace {

constexpr Normalisation kTorch{.mean = 0.1307, .std = 0.3081};
const std::vector<double> kPixels{0, 255, 17, 128, 3, 0, 254, 99};  // two rows

onnx::ModelProto read(const std::filesystem::path& path) {
    onnx::ModelProto model;
    REQUIRE(model.ParseFromString(read_file(path, std::size_t{1} << 20U)));
    onnx::checker::check_model(model);
    onnx::ModelProto inferred = model;
    onnx::shape_inference::InferShapes(inferred, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions(true, 1));
    return model;
}

// Some of the values are 0, so that ReLU has something to do.
StoredModel small_model(const Normalisation& normalisation) {
    return {.model = initial_parameters({4, 3, 2}, 5), .normalisation = normalisation};
}

std::vector<double> logits(const ModelParameters& model, std::vector<double> rows) {
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const LayerParameters& layer = model.layers[l];
        std::vector<double> next;
        for (std::size_t r = 0; r < rows.size() / layer.in; ++r) {
            for (std::size_t o = 0; o < layer.out; ++o) {
                double sum = layer.bias[o];
                for (std::size_t i = 0; i < layer.in; ++i)
                    sum += rows[r * layer.in + i] * layer.weight[o * layer.in + i];
                next.push_back(l + 1 < model.layers.size() ? std::max(sum, 0.0) : sum);
            }
        }
        rows = next;
    }
    return rows;
}

std::vector<double> logits(const QuantizedModel& model, std::vector<double> rows) {
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const QuantizedLayer& layer = model.layers[l];
        std::vector<double> next;
        for (std::size_t r = 0; r < rows.size() / layer.in; ++r) {
            for (std::size_t o = 0; o < layer.out; ++o) {
                double sum = 0;
                for (std::size_t i = 0; i < layer.in; ++i)
                    sum += rows[r * layer.in + i] * layer.weight[o * layer.in + i];
                const double y = double{layer.input_scale} * layer.scale[o] * sum + layer.bias[o];
                next.push_back(
                    l + 1 == model.layers.size()
                        ? y
                        : std::floor(std::clamp(y / model.layers[l + 1].input_scale, 0.0, 255.0) + 0.5));
            }
        }
        rows = next;
    }
    return rows;
}

void require_same(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        CHECK(std::abs(found[i] - expected[i]) <= tolerance * std::max(1.0, std::abs(expected[i])));
}

std::vector<double> normalised(std::vector<double> pixels, const Normalisation& normalisation) {
    for (double& p : pixels) p = (p / 255 - normalisation.mean) / normalisation.std;
    return pixels;
}

// Scales that are powers of 2 and biases that are multiples of their products, so that nothing is rounded.
QuantizedModel small_int8() {
    return {{{.in = 4,
              .out = 3,
              .weight = {-63, 1, 2, 3, 4, -5, 6, 7, 8, 9, 10, 63},
              .scale = {0.5F, 0.25F, 0.125F},
              .bias = {1.5F, 2.5F, -3.5F},
              .input_scale = 1.0F / 128},
             {.in = 3,
              .out = 2,
              .weight = {1, -2, 3, 4, 5, 6},
              .scale = {0.75F, 0.0625F},
              .bias = {0, -6.75F},
              .input_scale = 0.125F}}};
}

std::map<std::string, std::string> texts(const onnx::ModelProto& model) {
    std::map<std::string, std::string> read;
    for (const onnx::StringStringEntryProto& entry : model.metadata_props())
        read[entry.key()] = entry.value();
    return read;
}

}  // namespace

TEST_CASE("onnx: a model in f32 has PyTorch's names and weights, and computes its logits from pixels") {
    const TemporaryFolder folder;
    const StoredModel stored = small_model(kTorch);
    const auto path = folder.path() / "new" / "m.onnx";
    const std::string checked_by =
        save_onnx(stored, OnnxInput::pixels, path,
                  {.producer_version = "1.2.3",
                   .metadata = {{"format", "pt"}, {"note", "hello"}, {kMeanKey, "0.1307"}}});
    CHECK(checked_by.starts_with("ONNX 1."));
    const onnx::ModelProto model = read(path);
    CHECK(model.ir_version() == kOnnxIrVersion);
    REQUIRE(model.opset_import_size() == 1);
    CHECK(model.opset_import(0).version() == kOnnxOpset);
    CHECK(model.producer_name() == "mnist_bench");
    CHECK(model.producer_version() == "1.2.3");
    CHECK(texts(model) == std::map<std::string, std::string>{{"note", "hello"}});

    const onnx::GraphProto& graph = model.graph();
    REQUIRE(graph.input_size() == 1);
    CHECK(graph.input(0).name() == "pixels");
    const auto& input = graph.input(0).type().tensor_type();
    CHECK(input.elem_type() == onnx::TensorProto::UINT8);
    CHECK(input.shape().dim(0).dim_param() == "batch");
    CHECK(input.shape().dim(1).dim_value() == 4);
    CHECK(graph.output(0).name() == "logits");
    CHECK(graph.output(0).type().tensor_type().shape().dim(1).dim_value() == 2);

    const auto tensors = initializers(graph);
    for (const auto& [name, layer] :
         {std::pair("fc1", stored.model.layers[0]), {"fc2", stored.model.layers[1]}}) {
        const OnnxTensor& weight = tensors.at(name + std::string(".weight"));
        CHECK(weight.extents == std::vector<std::size_t>{layer.out, layer.in});
        CHECK(weight.values == std::vector<double>(layer.weight.begin(), layer.weight.end()));
        CHECK(tensors.at(name + std::string(".bias")).values ==
              std::vector<double>(layer.bias.begin(), layer.bias.end()));
    }
    require_same(computed(graph, kPixels), logits(stored.model, normalised(kPixels, kTorch)), 1e-6);
}

TEST_CASE(
    "onnx: without its normalisation a graph reads what the network was trained on, and says what that is") {
    const TemporaryFolder folder;
    const StoredModel stored = small_model(kTorch);
    const auto path = folder.path() / "m.onnx";
    static_cast<void>(
        save_onnx(stored, OnnxInput::normalised, path, {.producer_version = "1", .metadata = {}}));
    const onnx::ModelProto model = read(path);
    CHECK(model.graph().input(0).name() == "input");
    CHECK(model.graph().input(0).type().tensor_type().elem_type() == onnx::TensorProto::FLOAT);
    CHECK(texts(model) == std::map<std::string, std::string>{{kMeanKey, "0.1307"}, {kStdKey, "0.3081"}});
    const std::vector<double> rows = normalised(kPixels, kTorch);
    require_same(computed(model.graph(), rows), logits(stored.model, rows), 1e-12);
}

TEST_CASE("onnx: a stored model keeps the weights and the normalisation of its file") {
    const TemporaryFolder folder;
    const ModelParameters model = initial_parameters({4, 3, 2}, 5);
    save_model(model, folder.path() / "m", false);
    const StoredModel stored = load_stored_model(folder.path() / "m");
    CHECK(stored.normalisation == Normalisation{});
    CHECK(weights_sha256(stored.model) == weights_sha256(model));
    CHECK_THROWS_AS(load_stored_model(folder.path() / "m", std::nullopt, kTorch), InputError);
    CHECK_THROWS_AS(load_stored_model(folder.path() / "m", std::vector<std::size_t>{4, 2}), InputError);
}

TEST_CASE("onnx: a model in int8 computes what its integers compute, from pixels") {
    const TemporaryFolder folder;
    const QuantizedModel quantized = small_int8();
    const auto path = folder.path() / "q.onnx";
    static_cast<void>(save_onnx(quantized, path, {.producer_version = "1", .metadata = {{"note", "kept"}}}));
    const onnx::ModelProto model = read(path);
    CHECK(texts(model).at("note") == "kept");
    std::multiset<std::string> operators;
    for (const onnx::NodeProto& node : model.graph().node()) operators.insert(node.op_type());
    CHECK(operators.count("Gemm") == 2);
    CHECK(operators.count("QuantizeLinear") == 1);
    CHECK(operators.count("DequantizeLinear") == 6);
    const auto tensors = initializers(model.graph());
    CHECK(tensors.at("fc1.weight").values ==
          std::vector<double>(quantized.layers[0].weight.begin(), quantized.layers[0].weight.end()));
    CHECK(tensors.at("fc1.bias").values.at(0) == 1.5 / (0.5 / 128));
    require_same(computed(model.graph(), kPixels), logits(quantized, kPixels), 0);
}

TEST_CASE("onnx: biases in int8 that do not fit their weights' scale get one that they fit") {
    const TemporaryFolder folder;
    QuantizedModel quantized = small_int8();
    QuantizedLayer& last = quantized.layers[1];
    last.weight = {0, 0, 0, 4, 5, 6};
    last.scale = {1, 1e-12F};  // no weights at all, and such that are nothing beside the bias
    last.bias = {0.3F, 1e6F};
    const auto path = folder.path() / "q.onnx";
    static_cast<void>(save_onnx(quantized, path, {.producer_version = "1", .metadata = {}}));
    require_same(computed(read(path).graph(), kPixels), logits(quantized, kPixels), 1e-7);
    last.input_scale = FLT_MIN;
    last.bias = {0, 0};
    try {
        static_cast<void>(save_onnx(quantized, folder.path() / "r.onnx", {}));
        FAIL("scales whose product is no normal number were written");
    } catch (const InputError& error) {
        CHECK(error.fault().where == "fc2");
    }
    CHECK(folder.entries() == 1);
}

TEST_CASE("onnx: a file is never written over another") {
    const TemporaryFolder folder;
    write_file_atomically(folder.path() / "m.onnx", "mine", IfExists::fail);
    CHECK_THROWS_AS(save_onnx(small_int8(), folder.path() / "m.onnx", {}), InputError);
    CHECK(read_file(folder.path() / "m.onnx", 100) == "mine");
    CHECK(folder.entries() == 1);
}

}  // namespace mnist
