// Fetching from a server on this machine that behaves well, badly or slowly; what is refused on principle is
// in fetch_safety_test.cpp.
#include "mnist/data/fetch.hpp"

#include <chrono>
#include <filesystem>

#include "catch.hpp"
#include "fetching.hpp"
#include "mnist/data/idx.hpp"

using namespace mnist;

TEST_CASE("fetch: the four archives are verified and put into place") {
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    const std::vector<FetchedFile> files = fetching.from(server.url());
    REQUIRE(files.size() == 4);
    for (const DataPart part : kDataParts) {
        const auto index = static_cast<std::size_t>(part);
        CHECK(files[index].path == fetching.file(part));
        CHECK(files[index].source == server.url() + archive_path(part));
        CHECK(file_content(fetching.file(part)) == gzip(kContents[index]));
    }
    CHECK(fetching.files_in_folder() == 4);
    CHECK(fetching.notes.size() == 4);
    CHECK(contains(fetching.notes[0], "fetching the training images of Tiny mnist from " + server.url()));
}

TEST_CASE("fetch: a base URL may have a path, with or without a slash at its end, and a query") {
    LocalServer server;
    serve_set(server, kContents, "/some/where");
    for (const char* end : {"/some/where", "/some/where/"}) {
        Fetching fetching;
        CHECK(fetching.from(server.url() + end).size() == 4);
    }
    Fetching fetching;
    CHECK(fetching.fault_from(server.url() + "/a?token=b").found ==
          "HTTP 404 at " + server.url() + "/a/train-images-idx3-ubyte.gz?token=b");
}

TEST_CASE("fetch: files that are there and right are not fetched again, packed or plain") {
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    write_file(fetching.file(DataPart::train_images), gzip(kContents[0]));
    write_file(fetching.folder() / "train-labels-idx1-ubyte", kContents[1]);
    const std::vector<FetchedFile> files = fetching.from(server.url());
    CHECK(files[0].source == "already there");
    CHECK(files[1].source == "already there");
    CHECK(files[1].path == fetching.folder() / "train-labels-idx1-ubyte");
    CHECK(server.asked() ==
          std::vector<std::string>{archive_path(DataPart::test_images), archive_path(DataPart::test_labels)});
    for (const FetchedFile& file : fetching.from(server.url())) CHECK(file.source == "already there");
    CHECK(server.asked().size() == 2);
}

TEST_CASE("fetch: where all files are there, neither mirrors nor what downloads are looked at") {
    Fetching fetching;
    for (const DataPart part : kDataParts)
        write_file(fetching.file(part), gzip(kContents[static_cast<std::size_t>(part)]));
    fetching.set.mirrors = {"ftp://no.such.scheme/"};
    for (const FetchedFile& file : fetching.from(std::nullopt)) CHECK(file.source == "already there");
    CHECK(contains(fetching.fault_from("ftp://bad.base.url/").found, "the scheme"));
    std::filesystem::remove(fetching.file(DataPart::test_labels));
    CHECK(contains(fetching.fault_from(std::nullopt).found, "the scheme"));
}

TEST_CASE("fetch: a second call goes on where a failed one stopped") {
    LocalServer server;
    serve_set(server);
    server.answer(archive_path(DataPart::test_images), http_cut("", 100));
    Fetching fetching;
    const InputFault fault = fetching.fault_from(server.url());
    CHECK(fault.where == fetching.file(DataPart::test_images).string());
    CHECK(fetching.files_in_folder() == 2);
    serve_set(server);
    CHECK(fetching.from(server.url()).size() == 4);
    CHECK(server.asked().size() == 3 + 2);
}

TEST_CASE("fetch: a damaged file in the folder is replaced") {
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    const std::string archive = gzip(kContents[0]);
    write_file(fetching.file(DataPart::train_images), archive.substr(0, archive.size() / 2));
    write_file(fetching.folder() / "train-labels-idx1-ubyte", kContents[1].substr(0, 10));
    fetching.from(server.url());
    CHECK(file_content(fetching.file(DataPart::train_images)) == archive);
    CHECK(file_content(fetching.file(DataPart::train_labels)) == gzip(kContents[1]));
}

TEST_CASE("fetch: a sound file of another set in the folder is left alone") {
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    const std::string other = gzip(tiny_set(9)[0]);
    write_file(fetching.file(DataPart::train_images), other);
    const InputFault fault = fetching.fault_from(server.url());
    CHECK(fault.where == fetching.file(DataPart::train_images).string());
    CHECK(contains(fault.found, "left as it is"));
    CHECK(file_content(fetching.file(DataPart::train_images)) == other);
    CHECK(server.asked().empty());
}

TEST_CASE("fetch: bad answers leave nothing behind and are reported") {
    const std::string archive = gzip(kContents[0]);
    std::string corrupted = archive;
    corrupted[archive.size() - 6] =
        static_cast<char>(corrupted[archive.size() - 6] ^ 1);  // in the archive's checksum
    constexpr const char* kCheckNetwork = "Check the network";
    struct Case {
        const char* what;
        ScriptedAnswer answer;
        const char* found;
        const char* remedy = "Try again, or name another mirror";
    };
    const Case cases[] = {
        {"truncated", http_cut(archive.substr(0, 20), archive.size()),
         "the connection ended after 20 bytes of body", kCheckNetwork},
        {"truncated archive", http_ok(archive.substr(0, 20)),
         "a damaged archive (expected the rest of the gzip archive"},
        {"corrupted", http_ok(corrupted), "a damaged archive"},
        {"garbage behind", http_ok(archive + "x"), "a damaged archive"},
        {"other content", http_ok(gzip(tiny_set(9)[0])), "other content, with SHA-256 "},
        {"shorter content", http_ok(gzip(kContents[0].substr(0, 30))), "30 bytes of content instead of 52"},
        {"bomb", http_ok(gzip(std::string(4'000'000, 'x'))), "more than the right 52 bytes of content"},
        {"web page", http_ok("<html>welcome to our portal</html>"), "something that is not a gzip archive"},
        {"empty", http_ok(""), "something that is not a gzip archive"},
        {"too long", http_ok(std::string(100'000, 'x')), "a body of more than", kCheckNetwork},
        {"too long, unannounced",
         {.bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(100'000, 'x')},
         "a body of more than",
         kCheckNetwork},
        {"server error",
         {.bytes = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"},
         "HTTP 500 at ",
         kCheckNetwork},
        {"partial answer",
         {.bytes = "HTTP/1.1 206 Partial\r\nContent-Length: 0\r\n\r\n"},
         "HTTP 206 at ",
         kCheckNetwork},
        {"endless header",
         {.bytes = "HTTP/1.1 200 OK\r\n" + std::string(10'000, 'a') + ": " + std::string(400'000, 'b')},
         "",
         kCheckNetwork},
        {"no HTTP", {.bytes = "hello"}, "", kCheckNetwork},
    };
    for (const Case& bad : cases) {
        INFO(bad.what);
        LocalServer server;
        serve_set(server);
        server.answer(archive_path(DataPart::train_images), bad.answer);
        Fetching fetching;
        const InputFault fault = fetching.fault_from(server.url());
        CHECK(fault.where == fetching.file(DataPart::train_images).string());
        CHECK(fault.expected == "the training images of Tiny mnist");
        CHECK(fault.found.starts_with(bad.found));
        CHECK(fault.found.ends_with(" at " + server.url() + archive_path(DataPart::train_images)));
        CHECK(fault.remedy.starts_with(bad.remedy));
        CHECK(contains(fault.remedy, "--base-url"));
        CHECK(fetching.files_in_folder() == 0);
    }
}

TEST_CASE("fetch: a missing file is reported with its status") {
    LocalServer server;
    Fetching fetching;
    CHECK(fetching.fault_from(server.url()).found ==
          "HTTP 404 at " + server.url() + archive_path(DataPart::train_images));
    CHECK(server.asked().size() == 1);
}

TEST_CASE("fetch: a server that stalls is given up") {
    LocalServer server;
    server.answer(archive_path(DataPart::train_images), http_stall(gzip(kContents[0]).substr(0, 20), 40));
    Fetching fetching;
    const auto start = std::chrono::steady_clock::now();
    CHECK(contains(fetching.fault_from(server.url()).found, "less than 1000 bytes/s for 1 s"));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    CHECK(fetching.files_in_folder() == 0);
}

TEST_CASE("fetch: mirrors are tried in turn, and the one that works is kept") {
    LocalServer missing;
    LocalServer corrupt;
    LocalServer good;
    serve_set(corrupt, tiny_set(9));
    serve_set(good);
    Fetching fetching;
    fetching.set.mirrors = {missing.url() + "/", corrupt.url() + "/", good.url() + "/"};
    const std::vector<FetchedFile> files = fetching.from(std::nullopt);
    for (const FetchedFile& file : files) CHECK(contains(file.source, good.url()));
    CHECK(missing.asked().size() == 1);
    CHECK(corrupt.asked().size() == 1);
    CHECK(good.asked().size() == 4);
}

TEST_CASE("fetch: other content is refused with both checksums and what to do") {
    LocalServer server;
    serve_set(server, tiny_set(9));
    Fetching fetching;
    const InputFault fault = fetching.fault_from(server.url());
    CHECK(fault.found == "other content, with SHA-256 " + known_as("x", tiny_set(9)).files[0].sha256 +
                             " instead of " + fetching.set.files[0].sha256 + " at " + server.url() +
                             archive_path(DataPart::train_images));
    CHECK(contains(fault.remedy, "To train on other content on purpose"));
}

TEST_CASE("fetch: when no mirror serves a file, the error lists what each of them answered") {
    LocalServer missing;
    LocalServer corrupt;
    serve_set(corrupt, tiny_set(9));
    Fetching fetching;
    fetching.set.mirrors = {missing.url() + "/", corrupt.url() + "/"};
    const InputFault fault = fetching.fault_from(std::nullopt);
    CHECK(fault.found.starts_with("HTTP 404 at " + missing.url() + archive_path(DataPart::train_images) +
                                  "; other content, with SHA-256 "));
    CHECK(missing.asked().size() == 1);
}

TEST_CASE("fetch: nobody listens at the address") {
    std::string gone;
    {
        const LocalServer server;
        gone = server.url();
    }
    Fetching fetching;
    CHECK(fetching.fault_from(gone).found.starts_with("Failed to connect"));
}

TEST_CASE("fetch: a folder that cannot be written to is an error, not a reason for the next mirror") {
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    write_file(fetching.root.path() / "data", "a file where a folder should be");
    fetching.set.mirrors = {server.url(), server.url()};
    const InputFault fault = fetching.fault_from(std::nullopt);
    CHECK(fault.where == fetching.folder().string());
    CHECK(server.asked().size() == 1);
}

TEST_CASE("fetch: an unknown data set is refused") {
    const TemporaryFolder folder;
    FetchRequest request;
    request.dataset = "cifar";
    request.folder = folder.path();
    const InputFault fault = fault_of([&] { fetch_dataset(request, {}); });
    CHECK(fault.expected == "mnist or fashion-mnist");
    CHECK(fault.found == "\"cifar\"");
}
