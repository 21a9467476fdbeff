// `mnist info --score`: the score in a file, and what is said of files without one.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

TEST_CASE("info: --score shows the score of a file, as text and as JSON") {
    const Workshop workshop;
    workshop.write("score.json", score_result().dump());
    const Finished text = workshop.mnist({"info", "--score", "score.json"});
    CAPTURE(text.output, text.error);
    CHECK(text.exit_code == 0);
    CHECK(text.output.starts_with("score 1: speed "));
    CHECK(contains(text.output, "0.418 s to 97 % (0.404 to 0.432)"));
    CHECK(contains(text.output, "bf16 cannot be had: this CPU has no AVX512_BF16"));
    CHECK(contains(text.output, "Example CPU"));
    const Finished data = workshop.mnist({"info", "--json", "--score", "score.json"});
    CHECK(data.exit_code == 0);
    CHECK(nlohmann::json::parse(data.output)["columns"][0]["seconds"]["value"].get<double>() ==
          Approx(0.418));
}

TEST_CASE("info: --score of a refused score exits 1 with the reason, of another set by its name") {
    const Workshop workshop;
    nlohmann::json file = score_result();
    file["context"]["mnist.interrupted"] = "true";
    workshop.write("interrupted.json", file.dump());
    const Finished refused = workshop.mnist({"info", "--score", "interrupted.json"});
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.output, "score 1 is refused"));
    CHECK(contains(refused.output, "interrupted"));
    file = score_result();
    file["context"]["mnist.score.set"] = "2";
    workshop.write("newer.json", file.dump());
    const Finished newer = workshop.mnist({"info", "--score", "newer.json"});
    CHECK(newer.exit_code == 1);
    CHECK(contains(newer.output, "score 2 is refused"));
    CHECK(contains(newer.output, "knows score 1 only"));
    workshop.write("score.json", score_result().dump());
    const Finished mixed = workshop.mnist({"compare", "score.json", "newer.json"});
    CAPTURE(mixed.output);
    CHECK(contains(mixed.output, "which cannot be compared"));
}

TEST_CASE("info: --score of any other result exits 1 and says how one is measured, of no result 2") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "1", "--out", "train.json", "--quiet"}).exit_code == 0);
    const Finished none = workshop.mnist({"info", "--score", "train.json"});
    CHECK(none.exit_code == 1);
    CHECK(none.output.empty());
    CHECK(contains(none.error, "train.json has no score"));
    CHECK(contains(none.error, "`mnist_bench --score`"));
    workshop.write("broken.json", "{");
    CHECK(workshop.mnist({"info", "--score", "broken.json"}).exit_code == 2);
    CHECK(workshop.mnist({"info", "--score", "absent.json"}).exit_code == 2);
    CHECK(workshop.mnist({"info", "--score"}).exit_code == 2);
}
