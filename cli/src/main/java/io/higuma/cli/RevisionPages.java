package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.output.Age;
import io.higuma.cli.output.Format;
import io.higuma.cli.output.Receipt;
import io.higuma.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `get revisions` and `inspect revision N`.
final class RevisionPages {

    private static final int NAMED = 3;

    private final Surroundings world;
    private final ControlPlane controlPlane;
    private final Format format;

    RevisionPages(Surroundings world, ControlPlane controlPlane, Format format) {
        this.world = world;
        this.controlPlane = controlPlane;
        this.format = format;
    }

    /// @param listing as [Listing#read] gave it
    void list(Listing listing) {
        if (!listing.found()) {
            throw new Failure(ExitCode.REFUSED, "the control plane keeps no receipts");
        }
        if (format != Format.table) {
            format.print(world.out(), listing.tree());
            return;
        }
        Table table = new Table("REVISION", "AGE", "BY", "WRITTEN", "RUNNING", "STATE");
        for (JsonNode row : listing.items()) {
            Receipt receipt = new Receipt(row);
            table.row(
                    Long.toString(receipt.revision()),
                    Age.of(row.path("written").asString(""), world.clock().instant()),
                    authors(row.path("writes")),
                    writes(row.path("writes")),
                    receipt.running() + "/" + receipt.concerned(),
                    state(receipt));
        }
        table.print(world.out());
    }

    private static String state(Receipt receipt) {
        List<String> words = new ArrayList<>();
        if (receipt.refusing() > 0) {
            words.add(receipt.refusing() + " refused");
        }
        if (receipt.waitingFor() > 0) {
            words.add(receipt.waitingFor() + " missing");
        }
        if (receipt.away() > 0) {
            words.add(receipt.away() + " away");
        }
        return words.isEmpty() ? "complete" : String.join(", ", words);
    }

    private static String authors(JsonNode writes) {
        List<String> authors = new ArrayList<>();
        for (JsonNode write : writes) {
            String author = write.path("author").asString("");
            if (!author.isEmpty() && !authors.contains(author)) {
                authors.add(author);
            }
        }
        return authors.isEmpty() ? "-" : String.join(", ", authors);
    }

    private static String writes(JsonNode writes) {
        List<String> texts = new ArrayList<>();
        for (JsonNode write : writes) {
            String gone = write.path("verb").asString("").equals("delete") ? "-" : "";
            texts.add(gone + title(write));
        }
        return texts.size() <= NAMED
                ? String.join(", ", texts)
                : String.join(", ", texts.subList(0, NAMED)) + " and " + (texts.size() - NAMED) + " more";
    }

    private static String title(JsonNode write) {
        String mesh = write.path("mesh").asString("");
        return write.path("type").asString("") + " " + (mesh.isEmpty() ? "" : mesh + "/")
                + write.path("name").asString("");
    }

    void one(String revision) {
        Answer answer = controlPlane.read("/revisions/" + ControlPlane.segment(revision));
        require(answer, revision);
        if (format != Format.table) {
            format.print(world.out(), answer.json());
            return;
        }
        Receipt receipt = new Receipt(answer.json());
        world.out().println(receipt.sentence());
        for (JsonNode write : receipt.json().path("writes")) {
            world.out().println("  wrote    " + title(write));
        }
        receipt.refused()
                .forEach(refused -> world.out().println("  refused  " + refused.proxy() + ": " + refused.message()));
        receipt.missing().forEach(name -> world.out().println("  missing  " + name));
        if (!receipt.json().path("detailed").asBoolean(true)) {
            world.out().println("  It is long ago: only numbers and times are remembered.");
        }
    }

    void proxies(String revision) {
        Listing listing =
                Listing.read(controlPlane, "/revisions/" + ControlPlane.segment(revision) + "/proxies", 0, null);
        if (!listing.found()) {
            require(controlPlane.read("/revisions/" + ControlPlane.segment(revision) + "/proxies"), revision);
        }
        if (format != Format.table) {
            format.print(world.out(), listing.tree());
            return;
        }
        Table table = new Table("MESH", "NAME", "STATE", "MESSAGE");
        for (JsonNode proxy : listing.items()) {
            table.row(
                    proxy.path("mesh").asString(""),
                    proxy.path("name").asString(""),
                    proxy.path("state").asString(""),
                    proxy.path("message").asString(""));
        }
        table.print(world.out());
    }

    private static void require(Answer answer, String revision) {
        if (!answer.found()) {
            throw new Failure(
                    ExitCode.REFUSED,
                    answer.json().path("detail").asString("there is no receipt for revision " + revision));
        }
    }
}
