// The folder is made by the program itself, so that its files are those of today.
#include "typing.hpp"

#include <sys/wait.h>

#include <cstdlib>

#include "catch.hpp"

namespace mnist::testing {
namespace {

namespace fs = std::filesystem;

// A git repository in the folder, of one commit, which the results in it are then of.
void prepare_repository(const Workshop& workshop) {
    const std::string command =
        "cd '" + workshop.folder().string() +
        "' && git init --quiet && git -c user.name=nobody -c user.email=nobody@packages.invalid commit "
        "--quiet --allow-empty --message=first && git rev-parse HEAD >commit";
    REQUIRE(std::system(command.c_str()) == 0);
    const std::string commit = workshop.text_of("commit").substr(0, 40);
    for (const char* const name : {"results/a/1.json", "results/b/2.json"}) {
        nlohmann::json result = workshop.json_of(name);
        result["build"]["commit"] = commit;
        workshop.write(name, result.dump());
    }
}

}  // namespace

bool shell_has(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

void prepare_pictures(const Workshop& workshop) {
    fs::create_directories(workshop.folder() / "bin");
    fs::create_symlink(MNIST_PROGRAM, workshop.folder() / "bin" / "mnist");
    REQUIRE(workshop
                .mnist({"train", "--dataset", "synthetic", "--optimizer", "adam", "--epochs", "1",
                        "--save-model", "models", "--quiet"})
                .exit_code == 0);
    REQUIRE(workshop
                .mnist({"quantize", "--dataset", "synthetic", "--model", "models/adam-seed0.safetensors",
                        "--out", "adam-int8.safetensors"})
                .exit_code == 0);
    const std::string row = std::string(12, '\xff') + std::string(6, '\0') + std::string(12, '\xff');
    std::string bar = "P5 30 40 255\n" + std::string(150, '\xff');
    for (int i = 0; i < 30; ++i) bar += row;
    bar += std::string(150, '\xff');
    for (const char* const name : {"seven.png", "scans/1.jpg", "postcode.pgm"}) workshop.write(name, bar);
}

void prepare_files(const Workshop& workshop) {
    fs::create_directories(workshop.folder() / "bin");
    fs::create_symlink(MNIST_PROGRAM, workshop.folder() / "bin" / "mnist");
    const auto train = [&](const char* seed, const char* out) {
        REQUIRE(workshop.train({"--epochs", "1", "--seed", seed, "--out", out, "--quiet"}).exit_code == 0);
    };
    REQUIRE(workshop.train({"--epochs", "1", "--out", "before.json", "--save-model", "trained", "--quiet"})
                .exit_code == 0);
    train("9", "after.json");
    train("5", "server.json");
    for (const char* const name : {"before1.json", "laptop.json", "result.json", "results/a/1.json",
                                   "mnist-train-20260131T120000Z.json"})
        workshop.write(name, workshop.text_of("before.json"));
    for (const char* const name : {"before2.json", "desktop.json", "results/b/2.json"})
        workshop.write(name, workshop.text_of("after.json"));
    if (shell_has("git")) prepare_repository(workshop);
    workshop.write("score.json", score_result().dump());
    const std::string model = workshop.text_of("trained/adam-seed0.safetensors");
    workshop.write("adam.safetensors", model);
    workshop.write("pytorch.safetensors", as_if_from_elsewhere(model, "module."));
}

Typed type(const Workshop& workshop, const std::string& command) {
    const std::string line =
        "cd '" + workshop.folder().string() +
        "'; export PATH=\"$PWD/bin:$PATH\" MNIST_DATA_DIR=\"$PWD/tiny\" XDG_CACHE_HOME=\"$PWD/cache\" "
        "https_proxy=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1; unset MNIST_RUN; exec >typed.log "
        "2>&1; " +
        command;
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, workshop.text_of("typed.log")};
}

}  // namespace mnist::testing
