// Model files: header and tensors as load_model reads them.
#include <algorithm>
#include <cmath>

#include "memory_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/models/model_file.hpp"
#include "targets.hpp"

namespace mnist {

void try_safetensors(FileBytes file) {
    const MemoryFile on_disk(file);
    try {
        const ModelParameters model = load_model(on_disk.path());
        std::size_t values = 0;
        for (const LayerParameters& layer : model.layers) {
            values += layer.weight.size() + layer.bias.size();
            for (const AlignedVector<float>* const part : {&layer.weight, &layer.bias})
                promise(std::all_of(part->begin(), part->end(), [](float v) { return std::isfinite(v); }),
                        "safetensors: finite values, also in our normalisation");
        }
        promise(!model.layers.empty(), "safetensors: at least one layer");
        promise(values * sizeof(float) < file.size(), "safetensors: no more values than the file holds");
        // Throws ShapeError where layers do not fit together.
        promise(weights_sha256(model).size() == 64, "safetensors: layers that chain");
        static_cast<void>(load_metadata(on_disk.path()));
    } catch (const InputError&) {
        return;
    }
}

}  // namespace mnist
