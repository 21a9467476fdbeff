// The perceptron in libtorch, PyTorch's C++ library: libtorch_mlp FOLDER OPTIMIZER BATCH THREADS EPOCHS f32
// prints one line of JSON. All images are normalised before the clock runs and the first epoch is left out,
// as README.md says. Left out: anything but this measurement.
#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace {

torch::Tensor rows_of(const torch::Tensor& images) {
    return ((images.to(torch::kFloat32) - 0.5F) / 0.5F).reshape({images.size(0), 784}).contiguous();
}

std::unique_ptr<torch::optim::Optimizer> optimizer_named(const std::string& word,
                                                         torch::nn::Sequential& model) {
    if (word == "Adam")
        return std::make_unique<torch::optim::Adam>(model->parameters(), torch::optim::AdamOptions(0.001));
    if (word == "AdamW")
        return std::make_unique<torch::optim::AdamW>(model->parameters(), torch::optim::AdamWOptions(0.001));
    if (word == "RMSprop")
        return std::make_unique<torch::optim::RMSprop>(model->parameters(),
                                                       torch::optim::RMSpropOptions(0.001));
    const auto rule =
        word == "Momentum" ? torch::optim::SGDOptions(0.005).momentum(0.9) : torch::optim::SGDOptions(0.011);
    return std::make_unique<torch::optim::SGD>(model->parameters(), rule);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7 || std::string(argv[6]) != "f32") {
        std::fputs("usage: libtorch_mlp FOLDER SGD|Momentum|Adam|AdamW|RMSprop BATCH THREADS EPOCHS f32\n",
                   stderr);
        return 2;
    }
    const std::string folder = argv[1];
    const std::int64_t batch = std::stoll(argv[3]);
    torch::set_num_threads(std::stoi(argv[4]));
    const int epochs = std::stoi(argv[5]);
    torch::manual_seed(0);

    using torch::data::datasets::MNIST;
    const MNIST train(folder, MNIST::Mode::kTrain);
    const MNIST test(folder, MNIST::Mode::kTest);
    // libtorch hands out images divided by 255 already.
    const torch::Tensor images = rows_of(train.images());
    const torch::Tensor labels = train.targets();
    torch::nn::Sequential model(torch::nn::Linear(784, 128), torch::nn::ReLU(), torch::nn::Linear(128, 64),
                                torch::nn::ReLU(), torch::nn::Linear(64, 10));
    const auto optimizer = optimizer_named(argv[2], model);

    double seconds = 0;
    for (int epoch = 0; epoch <= epochs; ++epoch) {
        const auto start = std::chrono::steady_clock::now();
        const torch::Tensor order = torch::randperm(images.size(0));
        for (std::int64_t at = 0; at < images.size(0); at += batch) {
            const torch::Tensor chosen = order.narrow(0, at, std::min(batch, images.size(0) - at));
            optimizer->zero_grad();
            const torch::Tensor loss = torch::nn::functional::cross_entropy(
                model->forward(images.index_select(0, chosen)), labels.index_select(0, chosen));
            loss.backward();
            optimizer->step();
        }
        if (epoch > 0)
            seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    const torch::NoGradGuard no_gradients;
    const torch::Tensor logits = model->forward(rows_of(test.images()));
    const double accuracy =
        100 * logits.argmax(1).eq(test.targets()).to(torch::kFloat32).mean().item<double>();
    const double test_loss = torch::nn::functional::cross_entropy(logits, test.targets()).item<double>();
    std::printf(
        "{\"version\": \"%s\", \"samples_per_second\": %.1f, \"accuracy\": %.2f, \"test_loss\": %.4f}\n",
        TORCH_VERSION, static_cast<double>(images.size(0)) * epochs / seconds, accuracy, test_loss);
}
