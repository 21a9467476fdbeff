// Every number here was chosen on a part of the training set that was held out, never on the test set.
#include "mnist/core/presets.hpp"

namespace mnist {

const std::vector<std::string>& preset_names() {
    static const std::vector<std::string> names{"record", "record-bf16"};
    return names;
}

void apply_preset(TrainConfig& config, std::string_view name) {
    apply_record_recipe(config, name == "record-bf16" ? Precision::bf16 : Precision::f32);
}

// In bf16 an epoch costs so much less, of large batches above all, that a fourth one is cheap.
void apply_record_recipe(TrainConfig& config, Precision precision) {
    const bool bf16 = precision == Precision::bf16;
    config.precision = precision;
    config.optimizers = {OptimizerKind::adam};
    config.hidden = {128, 64};
    config.epochs = bf16 ? 4 : 3;
    config.batch_size = bf16 ? 256 : 128;
    config.adam_beta2 = 0.98;
    config.schedule = ScheduleKind::one_cycle;
    config.peak_lr = bf16 ? 0.008 : 0.006;
    config.warmup = bf16 ? 0.1 : 0.2;
    config.target_accuracy = 97;
}

}  // namespace mnist
