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

TEST_CASE("eval text: a loss that is no number is null in JSON, and a name need not be UTF-8") {
    EvalResult result = garments();
    result.loss = std::numeric_limits<double>::quiet_NaN();
    result.model = "caf\xe9";
    const nlohmann::json object = nlohmann::json::parse(mnist::eval_json(result));
    CHECK(object.at("test_loss").is_null());
    CHECK(object.at("model") == "caf\xEF\xBF\xBD");
}
