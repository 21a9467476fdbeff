// libmnist_onnx.so: the graph in ONNX's own classes, and its checker's word on it. Data are laid down as raw
// bytes, little-endian as this machine's numbers are.
#include "onnx_module.hpp"

#undef MAP_TYPE  // of <sys/mman.h>; ONNX has an enumerator of that name
#include <onnx/checker.h>
#include <onnx/common/version.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace mnist {
namespace {

using onnx::TensorProto;

constexpr double kMostPixel = 255;

// Adds to a graph; each member returns the name of the value that it adds.
class Graph {
  public:
    explicit Graph(onnx::GraphProto& graph) : graph_(graph) {}

    std::string input(const std::string& name, int type, std::size_t width, const char* doc) {
        describe(*graph_.add_input(), name, type, width, doc);
        return name;
    }
    void output(const std::string& name, std::size_t width, const char* doc) {
        describe(*graph_.add_output(), name, TensorProto::FLOAT, width, doc);
    }
    template <class T>
    std::string constant(const std::string& name, int type, const std::vector<std::size_t>& extents,
                         std::span<const T> values) {
        TensorProto& tensor = *graph_.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (const std::size_t extent : extents) tensor.add_dims(static_cast<std::int64_t>(extent));
        const auto bytes = std::as_bytes(values);
        tensor.set_raw_data(bytes.data(), bytes.size());
        return name;
    }
    std::string scalar(const std::string& name, double value) {
        const auto number = static_cast<float>(value);
        return constant(name, TensorProto::FLOAT, {}, std::span(&number, 1));
    }
    std::string node(const char* op, const std::vector<std::string>& inputs, const std::string& output,
                     const std::vector<std::pair<const char*, int>>& attributes = {}) {
        onnx::NodeProto& node = *graph_.add_node();
        node.set_op_type(op);
        node.set_name(output);
        for (const std::string& name : inputs) node.add_input(name);
        node.add_output(output);
        for (const auto& [name, value] : attributes) {
            onnx::AttributeProto& attribute = *node.add_attribute();
            attribute.set_name(name);
            attribute.set_type(onnx::AttributeProto::INT);
            attribute.set_i(value);
        }
        return output;
    }

  private:
    static void describe(onnx::ValueInfoProto& value, const std::string& name, int type, std::size_t width,
                         const char* doc) {
        value.set_name(name);
        value.set_doc_string(doc);
        auto& tensor = *value.mutable_type()->mutable_tensor_type();
        tensor.set_elem_type(type);
        tensor.mutable_shape()->add_dim()->set_dim_param("batch");
        tensor.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(width));
    }

    onnx::GraphProto& graph_;
};

constexpr const char* kPixelsDoc = "Pixels from 0 (background) to 255, row by row";
constexpr const char* kLogitsDoc = "One a class; softmax makes probabilities of them";

// "fc1", or of a part of that layer "fc1.weight".
std::string name_of(std::size_t layer, std::string_view part = {}) {
    std::string name = "fc" + std::to_string(layer + 1);
    return part.empty() ? name : name.append(".").append(part);
}

// (p / 255 - mean) / std of pixels p, in units of a pixel.
std::string normalised(Graph& graph, const std::string& pixels, const Normalisation& normalisation) {
    const std::string numbers =
        graph.node("Cast", {pixels}, "pixels.float", {{"to", static_cast<int>(TensorProto::FLOAT)}});
    const std::string centred = graph.node(
        "Sub", {numbers, graph.scalar("pixels.mean", kMostPixel * normalisation.mean)}, "pixels.centred");
    return graph.node("Div", {centred, graph.scalar("pixels.std", kMostPixel * normalisation.std)},
                      "pixels.normalised");
}

void add_f32(Graph& graph, const OnnxRequest& request) {
    const std::vector<LayerParameters>& layers = request.f32->layers;
    const std::size_t width = layers.front().in;
    std::string value;
    if (request.of_pixels) {
        value = normalised(graph, graph.input("pixels", TensorProto::UINT8, width, kPixelsDoc),
                           *request.of_pixels);
    } else {
        value =
            graph.input("input", TensorProto::FLOAT, width,
                        "(p / 255 - mean) / std of pixels p, as mnist.normalisation of the metadata says");
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerParameters& layer = layers[l];
        const bool last = l + 1 == layers.size();
        const std::string weight = graph.constant(name_of(l, "weight"), TensorProto::FLOAT,
                                                  {layer.out, layer.in}, std::span(layer.weight));
        const std::string bias =
            graph.constant(name_of(l, "bias"), TensorProto::FLOAT, {layer.out}, std::span(layer.bias));
        value = graph.node("Gemm", {value, weight, bias}, last ? "logits" : name_of(l), {{"transB", 1}});
        if (!last) value = graph.node("Relu", {value}, name_of(l, "relu"));
    }
    graph.output(value, layers.back().out, kLogitsDoc);
}

// A constant of integers and the node that makes numbers of it, with a scale for each of its rows.
// Zero-points are written although they are 0: not every runtime takes the missing one for that.
template <class T>
std::string dequantized(Graph& graph, const std::string& name, int type,
                        const std::vector<std::size_t>& extents, const std::vector<T>& values,
                        const std::vector<float>& scales) {
    const std::vector<T> zeros(scales.size());
    const std::string constant = graph.constant(name, type, extents, std::span(values));
    const std::string scale =
        graph.constant(name + "_scale", TensorProto::FLOAT, {scales.size()}, std::span(scales));
    const std::string zero = graph.constant(name + "_zero_point", type, {zeros.size()}, std::span(zeros));
    return graph.node("DequantizeLinear", {constant, scale, zero}, name + "_float", {{"axis", 0}});
}

void add_int8(Graph& graph, const OnnxRequest& request) {
    const std::vector<OnnxInt8Layer>& layers = request.int8;
    std::string value = graph.input("pixels", TensorProto::UINT8, layers.front().in, kPixelsDoc);
    constexpr std::uint8_t kZero = 0;
    const std::string zero = graph.constant("input.zero_point", TensorProto::UINT8, {}, std::span(&kZero, 1));
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const OnnxInt8Layer& layer = layers[l];
        const bool last = l + 1 == layers.size();
        const std::string scale = graph.scalar(name_of(l, "input_scale"), layer.input_scale);
        if (l > 0) value = graph.node("QuantizeLinear", {value, scale, zero}, name_of(l, "input"));
        value = graph.node("DequantizeLinear", {value, scale, zero}, name_of(l, "input_float"));
        const std::string weight = dequantized(graph, name_of(l, "weight"), TensorProto::INT8,
                                               {layer.out, layer.in}, layer.weight, layer.weight_scale);
        const std::string bias = dequantized(graph, name_of(l, "bias"), TensorProto::INT32, {layer.out},
                                             layer.bias, layer.bias_scale);
        value = graph.node("Gemm", {value, weight, bias}, last ? "logits" : name_of(l), {{"transB", 1}});
        if (!last) value = graph.node("Relu", {value}, name_of(l, "relu"));
    }
    graph.output(value, layers.back().out, kLogitsDoc);
}

void write(const OnnxRequest& request, OnnxAnswer& answer) {
    onnx::ModelProto model;
    model.set_ir_version(kOnnxIrVersion);
    model.set_producer_name("mnist_bench");
    model.set_producer_version(request.facts.producer_version);
    model.add_opset_import()->set_version(kOnnxOpset);
    for (const auto& [key, text] : request.facts.metadata) {
        onnx::StringStringEntryProto& entry = *model.add_metadata_props();
        entry.set_key(key);
        entry.set_value(text);
    }
    model.mutable_graph()->set_name("perceptron");
    Graph graph(*model.mutable_graph());
    if (request.f32 != nullptr) {
        add_f32(graph, request);
    } else {
        add_int8(graph, request);
    }
    answer.too_large = model.ByteSizeLong() > INT_MAX;
    if (answer.too_large) return;
    onnx::checker::check_model(model);
    if (!model.SerializeToString(&answer.bytes)) answer.refusal = "it cannot be serialised";
}

}  // namespace
}  // namespace mnist

extern "C" __attribute__((visibility("default"))) void mnist_write_onnx(const mnist::OnnxRequest& request,
                                                                        mnist::OnnxAnswer& answer) noexcept {
    try {
        answer.library = std::string("ONNX ") + onnx::LAST_RELEASE_VERSION;
        mnist::write(request, answer);
    } catch (const std::exception& error) {
        answer.refusal = *error.what() == 0 ? "no reason given" : error.what();
    }
}
