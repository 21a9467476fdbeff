// A model file that is open, with its checked header, and its tensors by name: what the readers of f32 and of
// quantised models share. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "safetensors.hpp"

namespace mnist {

class ModelReader {
  public:
    /// Opens the file and checks its header. Throws InputError, as all members do.
    explicit ModelReader(const std::filesystem::path& path);

    [[nodiscard]] const SafetensorsHeader& header() const { return header_; }
    [[nodiscard]] const TensorInfo& info(const std::string& name) const { return header_.tensors.at(name); }
    [[nodiscard]] bool has(const std::string& name) const { return header_.tensors.contains(name); }

    /// Whether the weights are of one byte.
    [[nodiscard]] bool is_quantized() const { return has("fc1.weight") && info("fc1.weight").dtype == "I8"; }

    /// Names of the layers, first to last, each with the tensors LAYER.PART for all of `parts`; throws where
    /// these are not all that there is, or their order is unclear.
    [[nodiscard]] std::vector<std::string> layers(const std::vector<std::string>& parts) const;
    /// Extents of a tensor of float ("F32") or std::int8_t ("I8") with `rank` extents that fit its bytes.
    template <class T>
    [[nodiscard]] std::vector<std::size_t> shape(const std::string& name, std::size_t rank) const;
    /// Values of a tensor whose shape has been checked.
    template <class T>
    [[nodiscard]] AlignedVector<T> values(const std::string& name);
    /// The same in f32, all of them finite.
    [[nodiscard]] AlignedVector<float> finite(const std::string& name);

    /// Throws the InputError of this place in a tensor.
    [[noreturn]] void fault(const std::string& tensor, const std::string& expected, const std::string& found,
                            const std::string& remedy = "", std::size_t byte = 0) const;
    /// Throws unless a layer's weights have the inputs that `layers` before it give.
    template <class Layers>
    void require_chained(const std::string& weight, std::size_t inputs, const Layers& layers) const {
        if (layers.empty() || inputs == layers.back().out) return;
        fault(weight,
              in_quotes(weight) + " with the " + std::to_string(layers.back().out) +
                  " inputs that the layer before gives",
              std::to_string(inputs));
    }

  private:
    [[noreturn]] void unreadable(const std::string& found) const;
    [[nodiscard]] std::string listed_names() const;

    std::string where_;
    std::ifstream file_;
    SafetensorsHeader header_;
};

}  // namespace mnist
