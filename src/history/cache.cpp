// Whatever SQLite says beside "row" and "done" ends the use of the cache; where it says that the file is
// damaged the file is taken away, so that the next run makes another.
#include "cache.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "mnist/core/sha256.hpp"
#include "reading_bytes.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

// To be raised whenever the same file would be read to something else than before.
constexpr int kVersion = 1;
constexpr int kBusyMs = 5000;
constexpr int kMostReadingBytes = 32 << 20;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;
constexpr int kBatch = 500;
constexpr std::array kTables{
    "CREATE TABLE contents (sha256 TEXT PRIMARY KEY, reading BLOB, checksum TEXT) WITHOUT ROWID",
    "CREATE TABLE files (path TEXT PRIMARY KEY, bytes INTEGER, changed_ns INTEGER, sha256 TEXT) WITHOUT "
    "ROWID"};

std::string checksum(std::string_view sha256, std::string_view reading) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(sha256)));
    hash.add(std::as_bytes(std::span(reading)));
    return hash.hex();
}

}  // namespace

struct HistoryCache::State {
    fs::path file;
    sqlite3* db = nullptr;
    int unwritten = 0;

    explicit State(fs::path name) : file(std::move(name)) {}
    ~State() { close(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void close() {
        if (db != nullptr && sqlite3_get_autocommit(db) == 0) run("COMMIT");
        sqlite3_close_v2(db);
        db = nullptr;
    }

    /// The cache is no longer used; one that is damaged is gone.
    void give_up(int code) {
        const int kind = code & 0xff;
        sqlite3_close_v2(db);
        db = nullptr;
        if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_MISMATCH) take_away();
    }

    void take_away() const {
        std::error_code ignored;
        for (const char* const rest : {"-journal", "-wal", "-shm", ""})
            fs::remove(file.string() + rest, ignored);
    }

    bool run(const char* sql) {
        if (db == nullptr) return false;
        const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) give_up(code);
        return code == SQLITE_OK;
    }

    bool open() {
        if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
            SQLITE_OK) {
            give_up(SQLITE_CANTOPEN);
            return false;
        }
        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, kBusyMs);
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 2 * kMostReadingBytes);
        // A cache that a power cut damages is made again.
        return run("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA synchronous=OFF");
    }

    /// "VERSION|SQL|SQL" of the file as it is; empty where it cannot be said.
    std::string layout() {
        std::string found;
        const auto add = [](void* to, int columns, char** values, char**) {
            for (int i = 0; i < columns; ++i)
                static_cast<std::string*>(to)->append(values[i] == nullptr ? "" : values[i]).append("|");
            return 0;
        };
        const int code =
            sqlite3_exec(db, "PRAGMA user_version; SELECT sql FROM sqlite_schema ORDER BY name LIMIT 9", add,
                         &found, nullptr);
        if (code == SQLITE_OK) return found;
        give_up(code);
        return {};
    }

    /// Whether the file has our tables, which a new one gets.
    bool prepare() {
        const std::string wanted = fmt::format("{}|{}|{}|", kVersion, kTables[0], kTables[1]);
        if (layout() == wanted) return true;
        // Somebody else may be making it right now.
        if (db == nullptr || !run("BEGIN IMMEDIATE")) return false;
        const std::string found = layout();
        if (found == wanted) return run("COMMIT");
        if (found != "0|") {
            if (db != nullptr) give_up(SQLITE_MISMATCH);
            return false;
        }
        return run(kTables[0]) && run(kTables[1]) &&
               run(fmt::format("PRAGMA user_version={}", kVersion).c_str()) && run("COMMIT");
    }

    bool is_too_large() const {
        std::error_code unknown;
        const auto bytes = fs::file_size(file, unknown);
        return !unknown && bytes > static_cast<std::uintmax_t>(kMostBytes);
    }
};

namespace {

/// A prepared statement; without one nothing is bound and there are no rows.
class Statement {
  public:
    Statement(sqlite3* db, const char* sql) { code_ = sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(int at, const std::string& text) {
        sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }
    void bind(int at, std::int64_t number) { sqlite3_bind_int64(statement_, at, number); }
    void bind_bytes(int at, const std::string& bytes) {
        sqlite3_bind_blob(statement_, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
    }
    /// SQLITE_ROW, SQLITE_DONE or an error.
    int step() {
        if (code_ == SQLITE_OK) code_ = sqlite3_step(statement_);
        return code_;
    }
    /// Bytes of a column that has this type, else none.
    [[nodiscard]] std::string bytes(int column, int type) const {
        if (sqlite3_column_type(statement_, column) != type) return {};
        const void* const data = sqlite3_column_blob(statement_, column);
        const int size = sqlite3_column_bytes(statement_, column);
        return data == nullptr || size > kMostReadingBytes
                   ? std::string()
                   : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
    }

  private:
    sqlite3_stmt* statement_ = nullptr;
    int code_ = SQLITE_OK;
};

bool is_sha256(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Of the columns sha256, reading and checksum.
std::optional<HistoryCache::Known> known_in(const Statement& row) {
    HistoryCache::Known known{.sha256 = row.bytes(0, SQLITE_TEXT), .reading = {}};
    const std::string bytes = row.bytes(1, SQLITE_BLOB);
    if (!is_sha256(known.sha256) || row.bytes(2, SQLITE_TEXT) != checksum(known.sha256, bytes))
        return std::nullopt;
    auto reading = parse_reading(bytes);
    if (!reading) return std::nullopt;
    known.reading = std::move(*reading);
    return known;
}

}  // namespace

HistoryCache::HistoryCache(const fs::path& file) noexcept {
    if (file.empty()) return;
    try {
        fs::create_directories(file.parent_path());
        // A second time where it was there and is no cache of ours.
        for (int attempt = 0; attempt < 2; ++attempt) {
            state_ = std::make_unique<State>(file);
            if (state_->is_too_large()) state_->take_away();
            if (state_->open() && state_->prepare()) return;
            state_->close();
        }
    } catch (const std::exception&) {
        state_.reset();  // no cache, as where no folder can be made
    }
}

HistoryCache::~HistoryCache() = default;

bool HistoryCache::is_open() const {
    return state_ && state_->db != nullptr;
}

std::optional<HistoryCache::Known> HistoryCache::find(const std::string& path, const HistoryStamp& stamp) {
    if (!is_open()) return std::nullopt;
    Statement query(
        state_->db,
        "SELECT c.sha256, c.reading, c.checksum FROM files f JOIN contents c ON c.sha256 = f.sha256 "
        "WHERE f.path = ? AND f.bytes = ? AND f.changed_ns = ?");
    query.bind(1, path);
    query.bind(2, stamp.bytes);
    query.bind(3, stamp.changed_ns);
    const int code = query.step();
    if (code == SQLITE_ROW) return known_in(query);
    if (code != SQLITE_DONE) state_->give_up(code);
    return std::nullopt;
}

std::optional<HistoryReading> HistoryCache::find_content(const std::string& sha256) {
    if (!is_open()) return std::nullopt;
    Statement query(state_->db, "SELECT sha256, reading, checksum FROM contents WHERE sha256 = ?");
    query.bind(1, sha256);
    const int code = query.step();
    if (code == SQLITE_ROW) {
        auto known = known_in(query);
        return known && known->sha256 == sha256 ? std::optional(std::move(known->reading)) : std::nullopt;
    }
    if (code != SQLITE_DONE) state_->give_up(code);
    return std::nullopt;
}

void HistoryCache::keep(const std::string& path, const std::optional<HistoryStamp>& stamp,
                        const Known& known) {
    const std::string bytes = reading_bytes(known.reading);
    if (!is_open() || bytes.size() > kMostReadingBytes) return;
    if (state_->unwritten == 0 && !state_->run("BEGIN IMMEDIATE")) return;
    const auto write = [&](Statement&& change) {
        if (const int code = change.step(); code != SQLITE_DONE && is_open()) state_->give_up(code);
    };
    {
        Statement content(state_->db, "INSERT OR REPLACE INTO contents VALUES (?, ?, ?)");
        content.bind(1, known.sha256);
        content.bind_bytes(2, bytes);
        content.bind(3, checksum(known.sha256, bytes));
        write(std::move(content));
    }
    if (stamp && is_open()) {
        Statement file(state_->db, "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)");
        file.bind(1, path);
        file.bind(2, stamp->bytes);
        file.bind(3, stamp->changed_ns);
        file.bind(4, known.sha256);
        write(std::move(file));
    }
    if (is_open() && ++state_->unwritten == kBatch) {
        state_->unwritten = 0;
        state_->run("COMMIT");
    }
}

}  // namespace mnist
