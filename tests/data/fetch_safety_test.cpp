// What fetching refuses: other machines and schemes than it was told, certificates that nobody vouches for,
// names that servers choose.
#include <stdlib.h>

#include <filesystem>

#include "catch.hpp"
#include "fetching.hpp"
#include "tls_server.hpp"

using namespace mnist;

namespace fs = std::filesystem;

TEST_CASE("fetch: this machine is never asked through a proxy") {
    LocalServer proxy;
    LocalServer server;
    serve_set(server);
    Fetching fetching;
    REQUIRE(::setenv("http_proxy", proxy.url().c_str(), 1) == 0);
    const std::vector<FetchedFile> files = fetching.from(server.url());
    ::unsetenv("http_proxy");
    CHECK(files.size() == 4);
    CHECK(proxy.asked().empty());
}

TEST_CASE("fetch: a redirect to this machine is followed") {
    LocalServer target;
    serve_set(target);
    LocalServer server;
    for (const DataPart part : kDataParts)
        server.answer(archive_path(part), http_redirect(target.url() + archive_path(part)));
    Fetching fetching;
    CHECK(fetching.from(server.url()).size() == 4);
    CHECK(target.asked().size() == 4);
}

TEST_CASE("fetch: a server whose certificate nobody vouches for is asked for nothing") {
    const TlsServer server;
    LocalServer redirecting;
    redirecting.answer(archive_path(DataPart::train_images), http_redirect(server.url() + "/x"));
    for (const std::string& url : {server.url(), redirecting.url()}) {
        INFO(url);
        Fetching fetching;
        const int before = server.connections();
        CHECK(contains(fetching.fault_from(url).found, "certificate"));
        CHECK(server.connections() == before + 1);
        CHECK(fetching.files_in_folder() == 0);
    }
    CHECK(server.trusted() == 0);
}

TEST_CASE("fetch: no name that a server gives becomes the name of a file") {
    LocalServer server;
    serve_set(server);
    const std::string archive = gzip(kContents[0]);
    server.answer(archive_path(DataPart::train_images),
                  http_redirect(server.url() + "/elsewhere/../other.gz"));
    server.answer(
        "/other.gz",
        {.bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                  "Content-Disposition: attachment; filename=\"../../planted\"\r\nContent-Length: " +
                  std::to_string(archive.size()) + "\r\n\r\n" + archive});
    Fetching fetching;
    CHECK(fetching.from(server.url()).size() == 4);
    CHECK(file_content(fetching.file(DataPart::train_images)) == archive);
    CHECK(fetching.files_in_folder() == 4);
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fetching.root.path()))
        files += entry.is_regular_file() ? 1 : 0;
    CHECK(files == 4);
}

TEST_CASE("fetch: redirects elsewhere, to other schemes and in circles are refused") {
    const std::string path = archive_path(DataPart::train_images);
    struct Case {
        std::string target;
        const char* found;
    };
    const Case cases[] = {
        {"http://192.0.2.1/x", "a redirect to plain http to another machine"},
        {"http://127.0.0.1.example.invalid/x", "a redirect to plain http to another machine"},
        {"http://localhost@192.0.2.1/x", "a redirect to plain http to another machine"},
        {"file:///etc/passwd", "a redirect to the scheme \"file\""},
        {"ftp://127.0.0.1/x", "a redirect to the scheme \"ftp\""},
        {path, "more than 5 redirects"},
    };
    for (const Case& redirect : cases) {
        INFO(redirect.target);
        LocalServer server;
        server.answer(path, http_redirect(redirect.target));
        Fetching fetching;
        CHECK(contains(fetching.fault_from(server.url()).found, redirect.found));
    }
}

TEST_CASE("fetch: a base URL other than https or this machine is refused before anything is asked") {
    Fetching fetching;
    struct Case {
        const char* url;
        const char* found;
    };
    const Case cases[] = {
        {"http://mirror.example/mnist", "plain http to another machine"},
        {"http://10.0.0.1/", "plain http to another machine"},
        {"http://128.0.0.1/", "plain http to another machine"},
        {"ftp://127.0.0.1/", "the scheme \"ftp\""},
        {"file:///tmp", "the scheme \"file\""},
        {"127.0.0.1/mnist", "not a URL"},
        {"", "not a URL"},
    };
    for (const Case& bad : cases) {
        INFO(bad.url);
        const InputFault fault = fetching.fault_from(bad.url);
        CHECK(fault.where == "--base-url");
        CHECK(contains(fault.found, bad.found));
    }
    const InputFault secret = fetching.fault_from("http://user:secret@mirror.example/");
    CHECK_FALSE(contains(secret.found, "secret"));
    CHECK(fetching.notes.empty());
}

TEST_CASE("fetch: a password in the base URL is not shown") {
    LocalServer server;
    Fetching fetching;
    const std::string with_password = "http://user:secret@" + server.url().substr(7);
    CHECK_FALSE(contains(fetching.fault_from(with_password).found, "secret"));
    CHECK_FALSE(contains(fetching.notes.at(0), "secret"));
}
