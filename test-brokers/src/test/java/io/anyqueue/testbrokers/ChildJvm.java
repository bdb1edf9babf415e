package io.anyqueue.testbrokers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Another JVM with the class path of this one: for what an environment or the end of a JVM changes. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private ChildJvm(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static ChildJvm start(Class<?> main, Map<String, String> environment) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                        java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main.getName())
                .redirectError(Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("ANYQUEUE_TEST_"));
        builder.environment().putAll(environment);
        return new ChildJvm(builder.start());
    }

    /** {@return the next line that it writes; fails if it has ended} */
    public String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IllegalStateException("the child JVM has ended");
        }
        return line;
    }

    /** Ends it with SIGKILL: no hook of it runs. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() throws IOException {
        kill();
        lines.close();
    }
}
