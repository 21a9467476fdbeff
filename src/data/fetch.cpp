// Fetching as a loop over the four files: is it there, and right; if not, which mirror has it; then into
// place in one step.
#include "mnist/data/fetch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "content_stream.hpp"
#include "http.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/datasets.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "mnist/core/values.hpp"
#include "mnist/data/folder.hpp"
#include "mnist/data/idx.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;
using Note = std::function<void(const std::string&)>;

constexpr const char* kNetworkRemedy =
    "Check the network (a proxy is set by https_proxy), name another mirror (mnist fetch --base-url URL), or "
    "put "
    "the files into the folder by hand";
constexpr const char* kContentRemedy =
    "Try again, or name another mirror (mnist fetch --base-url URL). To train on other content on purpose, "
    "download it by hand and give its folder with --data-dir";

// What is wrong with the content, or nothing. Reads no further than one piece beyond the size that the
// content must have.
std::string content_problem(ContentStream& stream, const KnownFile& known) {
    Sha256 hash;
    std::vector<std::byte> piece(std::size_t{1} << 16U);
    std::size_t n = 0;
    while ((n = stream.read(piece)) > 0) {
        if (stream.position() > known.bytes)
            return fmt::format("more than the right {} bytes of content", known.bytes);
        hash.add(std::span(piece).first(n));
    }
    if (stream.position() != known.bytes)
        return fmt::format("{} bytes of content instead of {}", stream.position(), known.bytes);
    const std::string sha256 = hash.hex();
    return sha256 == known.sha256
               ? ""
               : fmt::format("other content, with SHA-256 {} instead of {}", sha256, known.sha256);
}

std::string archive_problem(const std::string& archive, const KnownFile& known) {
    try {
        ContentStream stream(std::as_bytes(std::span(archive)), "the archive");
        if (!stream.gzip()) return "something that is not a gzip archive";
        return content_problem(stream, known);
    } catch (const InputError& error) {
        return fmt::format("a damaged archive (expected {}, found {})", error.fault().expected,
                           error.fault().found);
    }
}

bool is_sound_idx(const fs::path& path, DataPart part) {
    try {
        static_cast<void>(read_idx(path, rank(part)));
        return true;
    } catch (const InputError&) {
        return false;
    }
}

bool is_right(const fs::path& path, const KnownFile& known) {
    try {
        ContentStream stream(path);
        return content_problem(stream, known).empty();
    } catch (const InputError&) {
        return false;
    }
}

// The file that a loader would take, when it has the right content. A sound file with other content belongs
// to somebody.
std::optional<fs::path> right_file(const fs::path& folder, DataPart part, const KnownDataset& set) {
    const std::vector<fs::path> candidates = files_of_part(folder, part);
    if (candidates.empty()) return std::nullopt;
    const fs::path& path = candidates.front();
    if (is_right(path, set.file(part))) return path;
    if (is_sound_idx(path, part))
        throw InputError({.where = path.string(),
                          .expected = fmt::format("the {} of {} or no such file", name(part), set.title),
                          .found = "a sound IDX file with other content, which is left as it is",
                          .remedy = "Give another folder with --data-dir, or move the file away"});
    return std::nullopt;
}

std::size_t most_archive_bytes(const KnownFile& known) {
    return known.bytes + known.bytes / 100 + 4096;  // gzip of noise is a little longer than the noise
}

class Fetcher {
  public:
    Fetcher(const KnownDataset& set, const FetchRequest& request, const Note& note)
        : set_(set),
          request_(request),
          note_(note),
          mirrors_(request.base_url ? std::vector<std::string>{*request.base_url} : set.mirrors) {
        if (request.base_url) open_client();  // which refuses a bad one, also when there is nothing to fetch
    }

    FetchedFile fetch(DataPart part) {
        if (const auto there = right_file(request_.folder, part, set_)) return {*there, "already there"};
        if (client_ == nullptr) open_client();
        const std::string archive_name = fmt::format("{}.gz", file_name(part));
        std::vector<std::string> answers;
        bool served = false;
        for (std::size_t i = 0; i < mirrors_.size(); ++i) {
            const std::string url = client_->url_of_file(mirrors_.front(), archive_name);
            note_(fmt::format("fetching the {} of {} from {}", name(part), set_.title,
                              client_->shown_url(url)));
            HttpAnswer answer = client_->get(url, most_archive_bytes(set_.file(part)));
            if (answer.fine()) {
                served = true;
                answer.problem = archive_problem(answer.body, set_.file(part));
            }
            if (answer.fine()) {
                const fs::path path = request_.folder / archive_name;
                write_file_atomically(path, answer.body, IfExists::replace);
                return {path, client_->shown_url(url)};
            }
            answers.push_back(fmt::format("{} at {}", answer.problem, client_->shown_url(url)));
            // A mirror that failed goes to the end, so that the next file starts with one that works.
            std::rotate(mirrors_.begin(), mirrors_.begin() + 1, mirrors_.end());
        }
        throw InputError({.where = (request_.folder / archive_name).string(),
                          .expected = fmt::format("the {} of {}", name(part), set_.title),
                          .found = fmt::format("{}", fmt::join(answers, "; ")),
                          .remedy = served ? kContentRemedy : kNetworkRemedy});
    }

  private:
    // As late as can be: where all files are there, the library that downloads may be missing.
    void open_client() {
        client_ = open_http(
            {.connect_timeout_s = request_.connect_timeout_s, .stall_timeout_s = request_.stall_timeout_s});
        for (const std::string& mirror : mirrors_) {
            const std::string problem = client_->url_problem(mirror);
            if (!problem.empty())
                throw InputError({.where = "--base-url",
                                  .expected = "an https URL, or http to this machine",
                                  .found = fmt::format("{} ({})", problem, client_->shown_url(mirror)),
                                  .remedy = "Use https, or a server on localhost"});
        }
    }

    const KnownDataset& set_;
    const FetchRequest& request_;
    const Note& note_;
    std::unique_ptr<HttpClient> client_;  // null until something is asked of it
    std::vector<std::string> mirrors_;
};

}  // namespace

std::vector<FetchedFile> fetch_files(const KnownDataset& set, const FetchRequest& request, const Note& note) {
    const Note silent = [](const std::string&) {};
    Fetcher fetcher(set, request, note ? note : silent);
    std::vector<FetchedFile> files;
    files.reserve(kDataParts.size());
    for (const DataPart part : kDataParts) files.push_back(fetcher.fetch(part));
    return files;
}

std::vector<FetchedFile> fetch_dataset(const FetchRequest& request, const Note& note) {
    const KnownDataset* set = dataset_named(known_datasets(), request.dataset);
    if (set == nullptr)
        throw InputError({.where = "fetch",
                          .expected = either_of(dataset_words(true)),
                          .found = fmt::format("\"{}\"", request.dataset)});
    return fetch_files(*set, request, note);
}

}  // namespace mnist
