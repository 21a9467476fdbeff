// Reads back what was written in ONNX, with ONNX's own library, and computes its graph in double with plain
// loops: the operators that we write and no others.
#pragma once

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"

namespace mnist {

struct OnnxTensor {
    std::vector<std::size_t> extents;
    std::vector<double> values;
};

template <class T>
std::vector<double> onnx_numbers(const std::string& bytes) {
    std::vector<double> numbers;
    for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
        T number{};
        std::memcpy(&number, bytes.data() + at, sizeof(T));
        numbers.push_back(static_cast<double>(number));
    }
    return numbers;
}

inline std::map<std::string, OnnxTensor> initializers(const onnx::GraphProto& graph) {
    std::map<std::string, OnnxTensor> tensors;
    for (const onnx::TensorProto& tensor : graph.initializer()) {
        OnnxTensor& read = tensors[tensor.name()];
        for (const std::int64_t extent : tensor.dims())
            read.extents.push_back(static_cast<std::size_t>(extent));
        const std::string& bytes = tensor.raw_data();
        switch (tensor.data_type()) {
            case onnx::TensorProto::FLOAT:
                read.values = onnx_numbers<float>(bytes);
                break;
            case onnx::TensorProto::INT8:
                read.values = onnx_numbers<std::int8_t>(bytes);
                break;
            case onnx::TensorProto::UINT8:
                read.values = onnx_numbers<std::uint8_t>(bytes);
                break;
            case onnx::TensorProto::INT32:
                read.values = onnx_numbers<std::int32_t>(bytes);
                break;
            default:
                FAIL("a type that we do not write: " << tensor.data_type());
        }
    }
    return tensors;
}

// x [rows, in] times w [out, in], and b [out].
inline std::vector<double> onnx_gemm(const OnnxTensor& x, const OnnxTensor& w, const OnnxTensor& b) {
    const std::size_t in = w.extents.at(1);
    const std::size_t out = w.extents.at(0);
    REQUIRE(x.values.size() % in == 0);
    std::vector<double> y;
    for (std::size_t r = 0; r < x.values.size() / in; ++r) {
        for (std::size_t o = 0; o < out; ++o) {
            double sum = b.values.at(o);
            for (std::size_t i = 0; i < in; ++i) sum += x.values[r * in + i] * w.values[o * in + i];
            y.push_back(sum);
        }
    }
    return y;
}

/// The graph's output for rows of its input.
inline std::vector<double> computed(const onnx::GraphProto& graph, const std::vector<double>& input) {
    std::map<std::string, OnnxTensor> known = initializers(graph);
    known[graph.input(0).name()] = {{}, input};
    for (const onnx::NodeProto& node : graph.node()) {
        const auto of = [&](int i) -> const OnnxTensor& { return known.at(node.input(i)); };
        OnnxTensor y{of(0).extents, of(0).values};
        // One scale for all, or one for each of the outermost extent, as axis 0 says.
        const auto scale = [&](std::size_t at) {
            const std::vector<double>& scales = of(1).values;
            return scales[at / (y.values.size() / scales.size())];
        };
        if (node.op_type() == "Gemm") {
            REQUIRE(node.attribute(0).name() == "transB");
            REQUIRE(node.attribute(0).i() == 1);
            y = {{}, onnx_gemm(of(0), of(1), of(2))};
        }
        for (std::size_t at = 0; at < y.values.size(); ++at) {
            double& value = y.values[at];
            if (node.op_type() == "Sub") value -= of(1).values.at(0);
            if (node.op_type() == "Div") value /= of(1).values.at(0);
            if (node.op_type() == "Relu") value = std::max(value, 0.0);
            if (node.op_type() == "QuantizeLinear")
                value = std::clamp(std::nearbyint(value / of(1).values.at(0)), 0.0, 255.0);
            if (node.op_type() == "DequantizeLinear") value *= scale(at);
        }
        known[node.output(0)] = y;
    }
    return known.at(graph.output(0).name()).values;
}

}  // namespace mnist
