// What `mnist eval` says about a model, on made-up figures.
#include "eval_text.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"

using mnist::EvalResult;
using mnist::testing::contains;

namespace {

EvalResult garments() {
    EvalResult result;
    result.model = "m.safetensors";
    result.dims = {784, 10};
    result.dataset = {"fashion-mnist", std::string(64, 'b'), 60000, 10000, 28, 28, 10, false};
    result.loss = 0.5;
    result.accuracy = 87.25;
    result.confusion_matrix.assign(10, std::vector<std::uint64_t>(10, 1));
    return result;
}

}  // namespace

TEST_CASE("eval text: the rows of Fashion-MNIST's confusion matrix go by the garments' names") {
    const std::string text = mnist::eval_text(garments(), {});
    CHECK(contains(text, "m.safetensors: fashion-mnist, 60000 training and 10000 test images"));
    CHECK(contains(text, "\nTest Loss 0.5000, Accuracy 87.25%\n"));
    CHECK(contains(text, "\n0 T-shirt/top "));
    CHECK(contains(text, "\n9 Ankle boot "));
    CHECK_FALSE(contains(text, "interrupted"));
}

TEST_CASE("eval text: a model from an interrupted training is called one, without control characters") {
    EvalResult result = garments();
    result.interrupted = "after 3 of 25 epochs\x1b[2J";
    CHECK(contains(mnist::eval_text(result, {}),
                   "\n! The training of this model was interrupted after 3 of 25 epochs[2J.\n"));
    CHECK(nlohmann::json::parse(mnist::eval_json(result)).at("interrupted") == true);
    CHECK(nlohmann::json::parse(mnist::eval_json(garments())).at("interrupted") == false);
}

TEST_CASE("eval text: bright images beside a dark training set are called inverted where the model fails") {
    EvalResult result = garments();
    result.background = 0.9;
    result.accuracy = 49;
    const std::string said = "The images look inverted: their background is bright, MNIST's is dark. ";
    CHECK(contains(mnist::eval_text(result, {}), "\n! " + said));
    CHECK(contains(nlohmann::json::parse(mnist::eval_json(result)).at("remarks").at(0), said));
    result.accuracy = 51;  // it knows such images
    CHECK(mnist::eval_remarks(result).empty());
    result.accuracy = 49;
    result.training_background = 0.8;
    CHECK(mnist::eval_remarks(result).empty());
    result.background = 0.1;
    REQUIRE(mnist::eval_remarks(result).size() == 1);
    CHECK(contains(mnist::eval_remarks(result)[0],
                   "their background is dark, that of the training set was bright"));
}

TEST_CASE("eval text: an accuracy that is that of guessing is called so, with what to check") {
    EvalResult result = garments();
    result.dims = {784, 2};
    result.dataset.classes = 2;
    result.confusion_matrix = {{60, 0}, {40, 0}};  // guessing gets 60 %, give or take 4.9
    result.accuracy = 69.7;
    REQUIRE(mnist::eval_remarks(result).size() == 1);
    CHECK(mnist::eval_remarks(result)[0].starts_with("That is no better than guessing, which gets 60.00 % "));
    CHECK_FALSE(contains(mnist::eval_remarks(result)[0], "--mean"));
    result.normalisation_known = false;
    CHECK(contains(mnist::eval_remarks(result)[0], "--mean and --std"));
    result.accuracy = 69.9;
    CHECK(mnist::eval_remarks(result).empty());
}

TEST_CASE("eval text: outputs that no test label has are remarked on") {
    EvalResult result = garments();
    result.dims = {784, 47};
    REQUIRE(mnist::eval_remarks(result).size() == 1);
    CHECK(contains(mnist::eval_remarks(result)[0], "47 outputs and the test labels go up to 9"));
}

TEST_CASE("eval text: what was trained on other pixels and what was not read of the data is shown as such") {
    EvalResult result = garments();
    result.normalisation = mnist::Normalisation{};
    CHECK_FALSE(contains(mnist::eval_text(result, {}), "Trained on"));
    result.normalisation = {.mean = 0.1307, .std = 0.3081};
    result.dataset.train_samples = 0;
    result.dataset.sha256.clear();
    const std::string text = mnist::eval_text(result, {});
    CHECK(contains(text, "m.safetensors: fashion-mnist, 10000 test images"));
    CHECK(contains(text, "\nTrained on (p - 0.1307) / 0.3081 for pixels p from 0 to 1\n"));
    const nlohmann::json object = nlohmann::json::parse(mnist::eval_json(result));
    CHECK(object.at("normalisation") == nlohmann::json({{"mean", 0.1307}, {"std", 0.3081}}));
    CHECK(object.at("dataset").at("train_samples").is_null());
    CHECK(object.at("dataset").at("sha256").is_null());
    CHECK(nlohmann::json::parse(mnist::eval_json(garments())).at("normalisation").is_null());
}

TEST_CASE("eval text: a loss that is no number is null in JSON, and a name need not be UTF-8") {
    EvalResult result = garments();
    result.loss = std::numeric_limits<double>::quiet_NaN();
    result.model = "caf\xe9";
    const nlohmann::json object = nlohmann::json::parse(mnist::eval_json(result));
    CHECK(object.at("test_loss").is_null());
    CHECK(object.at("model") == "caf\xEF\xBF\xBD");
}
